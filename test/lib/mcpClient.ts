import { type ChildProcess, spawn } from 'node:child_process';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { within } from './until';

/** One message of the server. */
export interface Message {
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string };
}

/** What a tool answered. */
export interface ToolResult {
  readonly content: readonly { readonly type: string; readonly text: string }[];
  readonly structuredContent: Readonly<Record<string, unknown>>;
  readonly isError?: boolean;
}

/** A client of `lossline mcp` over its standard input and output. */
export class McpClient {
  readonly child: ChildProcess;
  readonly messages: Message[] = [];
  readonly exited: Promise<number | null>;
  readonly #waiting = new Set<() => void>();
  #nextId = 1;

  constructor(folder: string, args: readonly string[] = []) {
    this.child = spawn(process.execPath, [path.join(folder, 'cli.js'), 'mcp', ...args]);
    this.exited = new Promise((resolve) => this.child.once('exit', resolve));
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      this.messages.push(JSON.parse(line) as Message);
      for (const look of this.#waiting) look();
    });
  }

  /** Writes bytes as they are. */
  send(text: string): void {
    this.child.stdin!.write(text);
  }

  notify(method: string, params: object = {}): void {
    this.send(`${JSON.stringify({ jsonrpc: '2.0', method, params })}\n`);
  }

  /** Sends a request; returns its id. */
  start(method: string, params: object = {}): number {
    const id = this.#nextId++;
    this.send(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return id;
  }

  /** The first message that fits, those that came already included; `what` it is for the fault when none comes. */
  message(what: string, fits: (message: Message) => boolean): Promise<Message> {
    const come = new Promise<Message>((resolve) => {
      const look = (): void => {
        const found = this.messages.find(fits);
        if (found === undefined) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
    const gone = this.exited.then((code): never => {
      throw new Error(`The server ended with code ${code} before ${what}.`);
    });
    return within(what, Promise.race([come, gone]));
  }

  request(method: string, params: object = {}): Promise<Message> {
    const id = this.start(method, params);
    return this.message(`the reply to ${method}`, (message) => message.id === id);
  }

  async call(name: string, input: object): Promise<ToolResult> {
    const { result, error } = await this.request('tools/call', { name, arguments: input });
    if (result === undefined) throw new Error(error?.message);
    return result as unknown as ToolResult;
  }

  /** Ends the input, as a client does that goes; resolves to the exit code. */
  close(): Promise<number | null> {
    this.child.stdin!.end();
    return this.exited;
  }
}
