import '../shared/base.css';
import './spectra.css';
import type { SpectraPanelContract } from '../../src/protocol/spectra';
import { connect } from '../shared/channel';
import { SpectraPanel } from './panel';

const root = document.querySelector<HTMLElement>('main#app');
if (root === null) throw new Error('The page has no <main id="app">.');
const { api, channel } = connect<SpectraPanelContract>();
new SpectraPanel(root, channel, api).start();
