/**
 * The same noise as PyTorch from the same seed, so a seed means the same image in both.
 *
 *     deno run examples/pytorch_noise.ts
 */
import { Generator } from "@denoise/denoise";

const generator = new Generator(0); // torch.manual_seed(0)
const noise = generator.randn([4]); // torch.randn(4)
console.log(Array.from(noise.data, (value) => value.toFixed(4)).join(" ")); // 1.5410 -0.2934 -2.1788 0.5684

// The other generators of torch, in the same order and from the same state.
console.log(Array.from(generator.rand([3]).data)); // torch.rand(3)
console.log(generator.randomInt(10)); // torch.randint(10, (1,))
console.log(Array.from(generator.permutation(5))); // torch.randperm(5)

// Save a generator's state and continue from it later: here, after a trip through JSON.
const saved = JSON.stringify(generator.state());
const [a, b] = [generator.randn([2, 2]), Generator.fromState(JSON.parse(saved)).randn([2, 2])];
console.log(a.data.every((value, i) => value === b.data[i])); // true
