"""Kernels on the CPU: `llvm_ir`'s text, compiled in memory by llvmlite for the processor at hand."""

from __future__ import annotations

import ctypes
import logging
import os
from collections.abc import Callable, Sequence
from functools import cache
from threading import RLock
from typing import Any

import torch
from torch import Tensor

from symaug.backends import llvm_ir
from symaug.semantics.linear_map import Action

log = logging.getLogger(__name__)

BITS = {torch.float16: 16, torch.bfloat16: 16, torch.float32: 32, torch.float64: 64}
FOR_THREADS = 1 << 18
"""Bytes of images from which rows are shared among threads."""

_lock = RLock()
_built: dict[tuple[Any, ...], Kernel | None] = {}
_forked = False


class Kernel:
    """A compiled kernel. One side holds rows, the other `images` rows for each of them.

    Attributes:
        images: how many rows of the many stand against one.
        width: numbers in a row.
    """

    def __init__(self, text: str, images: int, width: int, size: int) -> None:
        self.images, self.width = images, width
        self._image_bytes = images * width * size
        flat, strided, self._engine = _compile(text)
        integers = [ctypes.c_int64] * 8
        self._flat = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, *integers[:2])(flat)
        self._strided = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, *integers)(strided)

    def images_of(self, x: Tensor) -> Tensor:
        """The images of dense rows `x` [B, width], one after the other, [images·B, width]: what
        `Runner.orbit` does in the most common case, without a detour."""
        rows = x.numel() // self.width
        y = x.new_empty(rows * self.images, self.width)  # numbers one by one: a sequence costs 2 µs more
        if rows:
            threads = 1 if rows * self._image_bytes < FOR_THREADS else self._threads()
            self._flat(x.data_ptr(), y.data_ptr(), rows, threads)
        return y

    def dense(self, single: Tensor, many: Tensor, outer: int, inner: int) -> None:
        """`single` as [outer, inner, width] and `many` as [outer, images, inner, width], both contiguous."""
        block = inner * self.width
        threads = 1 if outer * inner * self._image_bytes < FOR_THREADS else self._threads()
        strides = block, self.width, self.images * block, self.width, block
        self._strided(single.data_ptr(), many.data_ptr(), outer, inner, *strides, threads)

    def strided(self, single: Tensor, many: Tensor) -> None:
        """`single` [outer, inner, width] and `many` [images, outer, inner, width], any strides but
        in the last dimension, where numbers lie side by side."""
        outer, inner, _ = single.shape
        so, si, _ = single.stride()
        mg, mo, mi, _ = many.stride()
        threads = 1 if outer * inner * self._image_bytes < FOR_THREADS else self._threads()
        self._strided(single.data_ptr(), many.data_ptr(), outer, inner, so, si, mo, mi, mg, threads)

    @staticmethod
    def _threads() -> int:
        return 1 if _forked else torch.get_num_threads()


def orbit_kernel(actions: Sequence[Action], dtype: torch.dtype) -> Kernel | None:
    """The kernel that writes the images under `actions`.

    None, and a debug message in the log, where there is none: no llvmlite, a dtype that is no float,
    fractions in 16 bits. Built once a process for the same actions and bits.
    """
    return _kernel(llvm_ir.orbit, actions, dtype)


def fold_kernel(actions: Sequence[Action], dtype: torch.dtype) -> Kernel | None:
    """The kernel that sums the images of `many` into `single`, each under its own action; None as above."""
    return _kernel(llvm_ir.fold, actions, dtype)


def _kernel(
    write: Callable[[Sequence[Action], llvm_ir.Shape], str], actions: Sequence[Action], dtype: torch.dtype
) -> Kernel | None:
    if dtype not in BITS:
        return None
    key = (write.__name__, tuple(actions), BITS[dtype])
    with _lock:
        if key not in _built:
            try:
                shape = llvm_ir.Shape(BITS[dtype], _register(), _openmp())
                text = write(actions, shape)
                _built[key] = Kernel(text, len(actions), len(actions[0]), shape.bits // 8)
            except Exception as error:  # whatever llvmlite or LLVM cannot do, plain torch can
                log.debug("no compiled kernel, plain torch instead: %s", error)
                _built[key] = None
        return _built[key]


def _compile(text: str) -> tuple[int, int, Any]:
    """Addresses of `flat` and `strided`, and what keeps them valid."""
    llvm, machine = _target()
    module = llvm.parse_assembly(text)
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    options.loop_vectorization = True
    llvm.create_pass_builder(machine, options).getModulePassManager().run(
        module, llvm.create_pass_builder(machine, options)
    )
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    flat, strided = engine.get_function_address("flat"), engine.get_function_address("strided")
    if not (flat and strided):
        raise ValueError("the text defines no entry points")
    return flat, strided, engine


def _target() -> tuple[Any, Any]:
    """llvmlite's binding, set up, and a target machine of its own for each kernel (the engine owns it)."""
    llvm = _llvm()
    features = llvm.get_host_cpu_features().flatten()
    target = llvm.Target.from_default_triple()
    machine = target.create_target_machine(opt=2, cpu=llvm.get_host_cpu_name(), features=features)
    return llvm, machine


@cache
def _llvm() -> Any:
    import llvmlite.binding as llvm  # pyright: ignore[reportMissingImports]

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm


@cache
def _register() -> int:
    """Bits of the processor's vector registers."""
    features = _llvm().get_host_cpu_features()
    return 512 if features.get("avx512bw") else 256 if features.get("avx2") else 128


@cache
def _openmp() -> bool:
    """Whether torch's OpenMP is here under the names of GNU's, which LLVM's has too; tells LLVM where.

    Kernels then run on the very threads that torch's own operators run on.
    """
    try:
        process = ctypes.CDLL(None)
        for name in ("GOMP_parallel", "omp_get_thread_num", "omp_get_num_threads"):
            address = ctypes.cast(getattr(process, name), ctypes.c_void_p).value
            _llvm().add_symbol(name, address)
    except (AttributeError, OSError, TypeError):
        return False
    return True


def _after_fork() -> None:
    """OpenMP's threads do not survive a fork: a child works alone."""
    global _forked
    _forked = True


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
