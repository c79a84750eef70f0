//! The arithmetic: borrowed slices in, slices out. No kernel knows a layer's name.

pub mod block;
pub mod convolution;
mod convolution_back;
mod convolution_sparse;
pub mod elementwise;
pub mod matmul;
pub mod normalize;
pub mod panels;
pub mod pooling;
pub mod registers;
pub mod rows;
pub mod sparse;
pub mod terms;
pub mod windows;
