//! Arithmetic on slices. Kernels know nothing of layers and allocate nothing per call.

pub mod block;
pub mod convolution;
mod convolution_back;
mod convolution_skipping;
mod convolution_sparse;
pub mod elementwise;
pub mod inputs;
pub mod matmul;
pub mod normalize;
pub mod panels;
pub mod pooling;
pub mod reduce;
pub mod registers;
pub mod rows;
pub mod skipping;
pub mod sparse;
pub mod terms;
pub mod windows;
