// The whole library for driving a real VS Code in a browser.
export { startBrowser } from './browser.mjs';
export { tempFolder } from './cleanup.mjs';
export * from './page.mjs';
export { remoteUri, startCode } from './server.mjs';
