import '../shared/base.css';
import type { SpectraPanelContract, TensorView } from '../../src/protocol/spectra';
import { connect } from '../shared/channel';
import { h } from '../shared/dom';

const root = document.querySelector<HTMLElement>('main#app');
if (root === null) throw new Error('The page has no <main id="app">.');
const { channel } = connect<SpectraPanelContract>();
const list = h('ul');
root.append(list);
const show = (tensors: readonly TensorView[]): void => {
  list.append(...tensors.map(({ name, measures }) => h('li', { text: `${name} ${measures?.hardRank.value ?? ''}` })));
};
channel.on('tensors/didArrive', (batches) => show(batches.flatMap(({ tensors }) => tensors)));
channel.call('view/open', { path: '', analyse: true }).then(
  ({ tensors }) => show(tensors.flatMap((batch) => batch.tensors)),
  (error: Error) => root.append(error.message),
);
