import '../shared/base.css';
import './run.css';
import type { RunPanelContract } from '../../src/protocol/panel';
import { connect } from '../shared/channel';
import { RunPanel } from './panel';

const root = document.querySelector<HTMLElement>('main#app');
if (root === null) throw new Error('The page has no <main id="app">.');
const { api, channel } = connect<RunPanelContract>();
new RunPanel(root, channel, api, document.body.dataset.run || null).start();
