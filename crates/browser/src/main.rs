//! The engine in WebAssembly: a program that runs inside a page, has no system under it, and stops
//! with a trap when the engine's answers there differ from what they are everywhere else.
//!
//! Who may call this: `tests/wasm`, which loads the module as a browser does. What must stay true:
//! it depends on the engine alone, and builds without WebAssembly's relaxed SIMD, which Safari refuses.

fn main() {
    assert!(!engine::VERSION.is_empty(), "the engine names its version");
}
