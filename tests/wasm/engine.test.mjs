// The engine as a browser loads it: the module is valid, asks for nothing of the system, needs no
// relaxed SIMD (Safari refuses a module with it), and its own checks run through without a trap.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

const path = new URL('../../target/wasm32-unknown-unknown/debug/difference-browser.wasm', import.meta.url);

test('the engine is a valid WebAssembly module that needs nothing around it', () => {
  const bytes = readFileSync(path);
  assert.ok(WebAssembly.validate(bytes), 'the module is not valid');
  assert.deepEqual(WebAssembly.Module.imports(new WebAssembly.Module(bytes)), []);
});

test('the module was built without relaxed SIMD', () => {
  const module = new WebAssembly.Module(readFileSync(path));
  const [section] = WebAssembly.Module.customSections(module, 'target_features');
  assert.ok(section, 'the module does not say which features it uses');
  const features = Buffer.from(section).toString('latin1');
  assert.doesNotMatch(features, /\+relaxed-simd/);
});

test('the engine answers there as R does', async () => {
  const { instance } = await WebAssembly.instantiate(readFileSync(path));
  assert.equal(instance.exports.main(0, 0), 0);
});
