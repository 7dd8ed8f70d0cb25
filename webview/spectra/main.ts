import '../shared/base.css';
import './spectra.css';
import type { SpectraPanelContract } from '../../src/protocol/spectra';
import { connect } from '../shared/channel';
import { SpectraPanel } from './panel';

const { root, api, channel } = connect<SpectraPanelContract>();
new SpectraPanel(root, channel, api).start();
