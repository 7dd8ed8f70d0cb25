import '../shared/base.css';
import './compare.css';
import './grid.css';
import type { ComparePanelContract } from '../../src/protocol/compare';
import { connect } from '../shared/channel';
import { ComparePanel } from './panel';

const root = document.querySelector<HTMLElement>('main#app');
if (root === null) throw new Error('The page has no <main id="app">.');
const { api, channel } = connect<ComparePanelContract>();
new ComparePanel(root, channel, api).start();
