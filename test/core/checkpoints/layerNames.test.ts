import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { layerPath, understandName } from '../../../src/core/checkpoints/matrices/layerNames';

/** Names as the models keep them: kind, layer, expert. */
const NAMES: Readonly<Record<string, readonly (readonly [string, string, (number | null)?, (number | null)?])[]>> = {
  Llama: [
    ['model.embed_tokens.weight', 'embedding'],
    ['model.layers.31.self_attn.q_proj.weight', 'q', 31],
    ['model.layers.0.self_attn.k_proj.weight', 'k', 0],
    ['model.layers.0.self_attn.v_proj.weight', 'v', 0],
    ['model.layers.0.self_attn.o_proj.weight', 'o', 0],
    ['model.layers.7.mlp.gate_proj.weight', 'gate', 7],
    ['model.layers.7.mlp.up_proj.weight', 'up', 7],
    ['model.layers.7.mlp.down_proj.weight', 'down', 7],
    ['lm_head.weight', 'head'],
  ],
  'Llama as Meta keeps it': [
    ['tok_embeddings.weight', 'embedding'],
    ['layers.3.attention.wq.weight', 'q', 3],
    ['layers.3.attention.wo.weight', 'o', 3],
    ['layers.3.feed_forward.w1.weight', 'gate', 3],
    ['layers.3.feed_forward.w2.weight', 'down', 3],
    ['layers.3.feed_forward.w3.weight', 'up', 3],
    ['output.weight', 'head'],
  ],
  'Mixtral, DeepSeek, Qwen': [
    ['model.layers.2.block_sparse_moe.gate.weight', 'router', 2],
    ['model.layers.2.block_sparse_moe.experts.7.w1.weight', 'gate', 2, 7],
    ['model.layers.2.block_sparse_moe.experts.7.w2.weight', 'down', 2, 7],
    ['model.layers.2.mlp.experts.63.up_proj.weight', 'up', 2, 63],
    ['model.layers.2.mlp.shared_experts.down_proj.weight', 'down', 2],
    ['model.layers.2.mlp.gate.weight', 'router', 2],
    ['model.layers.2.self_attn.q_a_proj.weight', 'q', 2],
    ['model.layers.2.self_attn.kv_a_proj_with_mqa.weight', 'kv', 2],
    ['model.layers.2.self_attn.kv_b_proj.weight', 'kv', 2],
  ],
  'Phi, OLMo': [
    ['model.layers.1.self_attn.qkv_proj.weight', 'qkv', 1],
    ['model.layers.1.mlp.gate_up_proj.weight', 'gateUp', 1],
    ['model.transformer.blocks.5.att_proj.weight', 'qkv', 5],
    ['model.transformer.blocks.5.ff_proj.weight', 'gateUp', 5],
    ['model.transformer.blocks.5.attn_out.weight', 'o', 5],
    ['model.transformer.blocks.5.ff_out.weight', 'down', 5],
    ['model.transformer.wte.weight', 'embedding'],
  ],
  'GPT-2, nanoGPT': [
    ['transformer.wte.weight', 'embedding'],
    ['transformer.wpe.weight', 'position'],
    ['h.11.attn.c_attn.weight', 'qkv', 11],
    ['h.11.attn.c_proj.weight', 'o', 11],
    ['transformer.h.11.mlp.c_fc.weight', 'up', 11],
    ['transformer.h.11.mlp.c_proj.weight', 'down', 11],
  ],
  'GPT-NeoX, BLOOM, GPT-J': [
    ['gpt_neox.embed_in.weight', 'embedding'],
    ['gpt_neox.layers.4.attention.query_key_value.weight', 'qkv', 4],
    ['gpt_neox.layers.4.attention.dense.weight', 'o', 4],
    ['gpt_neox.layers.4.mlp.dense_h_to_4h.weight', 'up', 4],
    ['gpt_neox.layers.4.mlp.dense_4h_to_h.weight', 'down', 4],
    ['embed_out.weight', 'head'],
    ['h.4.self_attention.dense.weight', 'o', 4],
    ['word_embeddings.weight', 'embedding'],
    ['transformer.h.4.mlp.fc_in.weight', 'up', 4],
    ['transformer.h.4.mlp.fc_out.weight', 'down', 4],
    ['transformer.h.4.attn.out_proj.weight', 'o', 4],
  ],
  Megatron: [
    ['language_model.embedding.word_embeddings.weight', 'embedding'],
    ['language_model.encoder.layers.9.self_attention.query_key_value.weight', 'qkv', 9],
    ['decoder.layers.9.self_attention.linear_qkv.weight', 'qkv', 9],
    ['decoder.layers.9.self_attention.linear_proj.weight', 'o', 9],
    ['decoder.layers.9.mlp.linear_fc1.weight', 'up', 9],
    ['decoder.layers.9.mlp.linear_fc2.weight', 'down', 9],
    ['decoder.layers.9.mlp.experts.linear_fc1.weight12', 'up', 9, 12],
    ['output_layer.weight', 'head'],
  ],
  'T5, BERT, OPT': [
    ['shared.weight', 'embedding'],
    ['encoder.block.3.layer.0.SelfAttention.q.weight', 'q', 3],
    ['decoder.block.3.layer.1.EncDecAttention.o.weight', 'o', 3],
    ['encoder.block.3.layer.1.DenseReluDense.wi_0.weight', 'gate', 3],
    ['encoder.block.3.layer.1.DenseReluDense.wi_1.weight', 'up', 3],
    ['encoder.block.3.layer.1.DenseReluDense.wo.weight', 'down', 3],
    ['encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight', 'position', 0],
    ['bert.embeddings.word_embeddings.weight', 'embedding'],
    ['bert.embeddings.position_embeddings.weight', 'position'],
    ['bert.encoder.layer.2.attention.self.query.weight', 'q', 2],
    ['bert.encoder.layer.2.attention.output.dense.weight', 'o', 2],
    ['bert.encoder.layer.2.intermediate.dense.weight', 'up', 2],
    ['bert.encoder.layer.2.output.dense.weight', 'down', 2],
    ['model.decoder.layers.2.fc1.weight', 'up', 2],
    ['model.decoder.layers.2.self_attn.out_proj.weight', 'o', 2],
  ],
  'ViT, CLIP': [
    ['blocks.6.attn.qkv.weight', 'qkv', 6],
    ['blocks.6.attn.proj.weight', 'o', 6],
    ['blocks.6.mlp.fc1.weight', 'up', 6],
    ['pos_embed', 'position'],
    ['head.weight', 'head'],
    ['visual.transformer.resblocks.6.attn.in_proj_weight', 'qkv', 6],
    ['visual.transformer.resblocks.6.mlp.c_proj.weight', 'down', 6],
    ['vit.encoder.layer.6.attention.attention.query.weight', 'q', 6],
  ],
  GGUF: [
    ['token_embd.weight', 'embedding'],
    ['blk.8.attn_q.weight', 'q', 8],
    ['blk.8.attn_output.weight', 'o', 8],
    ['blk.8.attn_qkv.weight', 'qkv', 8],
    ['blk.8.ffn_gate.weight', 'gate', 8],
    ['blk.8.ffn_up_exps.weight', 'up', 8],
    ['blk.8.ffn_gate_inp.weight', 'router', 8],
    ['output.weight', 'head'],
  ],
  Wrapped: [
    ['_orig_mod.transformer.h.0.attn.c_proj.weight', 'o', 0],
    ['module._orig_mod.model.layers.1.mlp.up_proj.weight', 'up', 1],
    ['_fsdp_wrapped_module.layers.2._checkpoint_wrapped_module.attention.wv.weight', 'v', 2],
  ],
  Unknown: [
    ['backbone.layers.3.mixer.in_proj.weight', 'other', 3],
    ['', 'other'],
    ['...', 'other'],
    ['weight', 'other'],
    ['constructor', 'other'],
  ],
};

for (const [model, names] of Object.entries(NAMES)) {
  describe(`names of ${model}`, () => {
    for (const [name, kind, layer = null, expert = null] of names) {
      test(name, () => {
        const understood = understandName(name);
        assert.deepEqual([understood.kind, understood.layer, understood.expert], [kind, layer, expert]);
        assert.equal(understood.lora, null);
      });
    }
  });
}

describe('names of low-rank factors', () => {
  const names: readonly [string, 'A' | 'B', string, string][] = [
    [
      'base_model.model.model.layers.4.self_attn.q_proj.lora_A.weight',
      'A',
      'q',
      'model.model.layers.4.self_attn.q_proj',
    ],
    [
      'base_model.model.model.layers.4.mlp.down_proj.lora_B.default.weight',
      'B',
      'down',
      'model.model.layers.4.mlp.down_proj',
    ],
    ['layers.4.attn.v_proj.lora_a.weight', 'A', 'v', 'layers.4.attn.v_proj'],
    ['model.embed_tokens.lora_embedding_B', 'B', 'embedding', 'model.embed_tokens'],
  ];
  for (const [name, factor, kind, module] of names) {
    test(name, () => {
      const understood = understandName(name);
      assert.deepEqual(understood.lora, { factor, module });
      assert.equal(understood.kind, kind);
    });
  }
});

test('matrices of one layer share its path', () => {
  const paths = ['self_attn.q_proj.weight', 'mlp.down_proj.weight'].map((end) =>
    layerPath(`module.model.layers.12.${end}`),
  );
  assert.deepEqual(paths, ['model.layers.12', 'model.layers.12']);
  assert.equal(layerPath('lm_head.weight'), '');
});
