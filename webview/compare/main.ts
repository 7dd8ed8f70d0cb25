import '../shared/base.css';
import './compare.css';
import './grid.css';
import type { ComparePanelContract } from '../../src/protocol/compare';
import { connect } from '../shared/channel';
import { ComparePanel } from './panel';

const { root, api, channel } = connect<ComparePanelContract>();
new ComparePanel(root, channel, api).start();
