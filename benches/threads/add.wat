;; Adds numbers in memory, as the one that sums the parts' gradients would: to[i] += from[i], four at a time.
(module
  (import "env" "memory" (memory 1 32768))
  ;; Places and length in bytes, all multiples of 64.
  (func (export "add") (param $to i32) (param $from i32) (param $bytes i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $to) (local.get $bytes)))
    (loop $again
      (v128.store (local.get $to)
        (f32x4.add (v128.load (local.get $to)) (v128.load (local.get $from))))
      (v128.store offset=16 (local.get $to)
        (f32x4.add (v128.load offset=16 (local.get $to)) (v128.load offset=16 (local.get $from))))
      (v128.store offset=32 (local.get $to)
        (f32x4.add (v128.load offset=32 (local.get $to)) (v128.load offset=32 (local.get $from))))
      (v128.store offset=48 (local.get $to)
        (f32x4.add (v128.load offset=48 (local.get $to)) (v128.load offset=48 (local.get $from))))
      (local.set $from (i32.add (local.get $from) (i32.const 64)))
      (local.set $to (i32.add (local.get $to) (i32.const 64)))
      (br_if $again (i32.lt_u (local.get $to) (local.get $end))))))
