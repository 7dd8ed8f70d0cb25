import '../shared/base.css';
import './run.css';
import type { RunPanelContract } from '../../src/protocol/panel';
import { connect } from '../shared/channel';
import { RunPanel } from './panel';

const { root, api, channel } = connect<RunPanelContract>();
new RunPanel(root, channel, api, document.body.dataset.run || null).start();
