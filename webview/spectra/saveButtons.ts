import { button } from '../shared/dom';
import { icon } from '../shared/icons';
import { texts } from './texts';

/** Buttons that save a drawing as a picture. */
export function saveButtons(save: (as: 'png' | 'svg') => void): HTMLButtonElement[] {
  return (['png', 'svg'] as const).map((as) =>
    button({
      label: texts.save[as],
      title: texts.save[`${as}Title`],
      class: 'button quiet small',
      icon: icon('image'),
      onClick: () => save(as),
    }),
  );
}
