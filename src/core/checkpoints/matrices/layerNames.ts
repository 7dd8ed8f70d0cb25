import type { LayerKind } from '../checkpoint';

/** What a parameter's name says. */
export interface LayerName {
  readonly kind: LayerKind;
  readonly layer: number | null;
  readonly expert: number | null;
  readonly lora: { readonly factor: 'A' | 'B'; readonly module: string } | null;
  /** How one matrix holds several, when the name says so. */
  readonly fused: FusedLayout | null;
}

/**
 * Parts of a fused matrix along its outputs. `qkv`: queries, keys, values one after the other; `qkvHeads`: query, key
 * and value rows of one head after the other; `gateUp`, `upGate`: halves.
 */
export type FusedLayout = 'qkv' | 'qkvHeads' | 'gateUp' | 'upGate';

interface Rule {
  /** Over the module's path without prefixes and without `.weight`. */
  readonly pattern: RegExp;
  readonly kind: LayerKind;
  readonly fused?: FusedLayout;
}

const rule = (kind: LayerKind, pattern: RegExp, fused?: FusedLayout): Rule => ({
  kind,
  pattern,
  ...(fused !== undefined && { fused }),
});

/**
 * Names of the last modules of a path, first match first. They are those of Hugging Face Transformers (Llama, Qwen,
 * Mixtral, DeepSeek, Gemma, Phi, GPT-2, GPT-J, GPT-NeoX, BLOOM, Falcon, OPT, BERT, T5, ViT, OLMo), nanoGPT, llm.c,
 * Megatron-LM and Megatron Core, Meta's Llama, timm, OpenCLIP, MosaicML's MPT, and ggml's GGUF.
 */
const RULES: readonly Rule[] = [
  // Fused projections.
  rule('qkv', /(^|\.)(qkv_proj|c_attn|Wqkv|in_proj_weight|att_proj|attn_qkv|attn\.qkv|qkv)$/, 'qkv'),
  rule('qkv', /(^|\.)(query_key_value|linear_qkv)$/, 'qkvHeads'),
  rule('gateUp', /(^|\.)(gate_up_proj|ffn_gate_up)$/, 'gateUp'),
  rule('gateUp', /(^|\.)ff_proj$/, 'upGate'),
  rule('kv', /(^|\.)(kv_a_proj_with_mqa|kv_b_proj|kv_proj|attn_kv_a_mqa|attn_kv_b|key_value|linear_kv_\w+)$/),
  // Feed-forward first where words are shared with attention (`output.dense`, `wo`).
  rule('router', /(^|\.)(router|gate|router\.(layer|classifier)|ffn_gate_inp|gate\.wg)$/),
  rule('gate', /(^|\.)(gate_proj|ffn_gate(_exps|_shexp)?|wi_0|w1|linear_v|fc1_g|ffn\.gate)$/),
  rule('up', /(^|\.)(up_proj|ffn_up(_exps|_shexp)?|wi_1|wi|w3|c_fc|fc1|fc_in|dense_h_to_4h|linear_fc1)$/),
  rule('up', /(^|\.)(intermediate\.dense|lin1|linear1|mlp\.0|ffn\.up_proj)$/),
  rule('down', /(^|\.)(down_proj|ffn_down(_exps|_shexp)?|w2|mlp\.c_proj|fc2|fc_out|dense_4h_to_h|linear_fc2|ff_out)$/),
  rule('down', /(^|\.)(DenseReluDense\.wo|lin2|linear2|mlp\.2|(?<!attention\.)output\.dense|experts\.\d+\.wo)$/),
  // Attention.
  rule('q', /(^|\.)(q_proj|wq|query|q|attn_q(_a|_b)?|q_a_proj|q_b_proj|q_lin|linear_q\w*|to_q|query_proj)$/),
  rule('k', /(^|\.)(k_proj|wk|key|k|attn_k|k_lin|linear_k|to_k|key_proj)$/),
  rule('v', /(^|\.)(v_proj|wv|value|v|attn_v|v_lin|linear_v|to_v|value_proj)$/),
  rule(
    'o',
    /(^|\.)(o_proj|wo|out_proj|attn_out(put)?|attn\.c_proj|attn\.proj|attention\.dense|linear_proj|out_lin|o|to_out\.0)$/,
  ),
  rule('o', /(^|\.)(self_attention\.dense|attention\.output\.dense)$/),
  // Outside the layers.
  rule('head', /(^|\.)(lm_head|embed_out|output_layer|output|head|score|classifier)$/),
  rule('position', /(^|\.)(wpe|position_embeddings?|embed_positions|pos_embed|position_embd|relative_attention_bias)$/),
  rule('position', /(^|\.)positional_embedding$/),
  rule(
    'embedding',
    /(^|\.)(wte|embed_tokens|tok_embeddings|embed_in|word_embeddings?|token_embd|token_embedding|shared)$/,
  ),
  rule('embedding', /(^|\.)(token_type_embeddings|embeddings?|embedding\.weight|tok_emb|embed)$/),
];

/** Wrappers around the model: compiled modules, data-parallel and sharded ones, PEFT. */
const WRAPPERS =
  /(^|\.)(_orig_mod|module|_fsdp_wrapped_module|_checkpoint_wrapped_module|base_model|base_layer)(?=\.)/g;

const LORA = /^(.*)\.(?:lora_(A|B)|lora_embedding_(A|B)|(?:lora\.)?lora_([ab]))(?:\.[^.]+)?$/;

const LAYER = /(?:^|\.)(?:layers?|h|blocks?|blk|resblocks|encoder|decoder|resnets|stages)\.(\d+)(?=\.|$)/;

const EXPERT = /(?:^|\.)(?:experts?|local_experts)\.(\d+)(?=\.|$)/;

/** What `name`, a parameter's path, says about it. Unknown names are of kind `other`; nothing throws. */
export function understandName(name: string): LayerName {
  const path = plainPath(name);
  const adapter = LORA.exec(path);
  const module = adapter === null ? path : adapter[1]!;
  const found = RULES.find(({ pattern }) => pattern.test(module));
  const factor = (adapter?.[2] ?? adapter?.[3] ?? adapter?.[4])?.toUpperCase();
  return {
    kind: found?.kind ?? 'other',
    layer: numberIn(LAYER.exec(module)),
    expert: numberIn(EXPERT.exec(module) ?? /\.weight(\d+)$/.exec(name)),
    lora: factor === 'A' || factor === 'B' ? { factor, module } : null,
    fused: found?.fused ?? null,
  };
}

/** The path up to the number of the layer: the same for all matrices of one layer, empty outside the layers. */
export function layerPath(name: string): string {
  const path = plainPath(name);
  const match = LAYER.exec(path);
  return match === null ? '' : path.slice(0, match.index + match[0].length);
}

function plainPath(name: string): string {
  return name
    .replace(WRAPPERS, '')
    .replace(/^\./, '')
    .replace(/\.(weight\d*|kernel|w)$/, '');
}

function numberIn(match: RegExpExecArray | null): number | null {
  return match === null ? null : Number(match[1]);
}
