mod base;
mod model;
