"""Which operations compute products, and how many: what torch's own registry of formulas lacks."""

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

import torch
from torch.utils.flop_counter import shape_wrapper

aten = torch.ops.aten

Shape = Sequence[int]


def _first_by_second(first: Shape, second: Shape, *_: Any, **__: Any) -> int:
    # (..., m, k) by (k) or (..., k, n): every number of the first meets n of the second
    return 2 * prod(first) * (second[-1] if len(second) > 1 else 1)


def _added_to(_base: Shape, first: Shape, second: Shape, *_: Any, **__: Any) -> int:
    return _first_by_second(first, second)


def _rank_one(_base: Shape, column: Shape, row: Shape, *_: Any, **__: Any) -> int:
    return 2 * prod(column) * prod(row)


def _distances(first: Shape, second: Shape, *_: Any, **__: Any) -> int:
    return 2 * prod(first) * second[-2]


def _convolved_rows(rows: Shape, kernel: Shape, *_: Any, out_shape: Shape, **__: Any) -> int:
    return 2 * prod(out_shape) * kernel[0] * kernel[1]


def _three_factors(*args: Any, **_: Any) -> int:
    # three tensors, then for each the axes along which it is repeated; one term a common place
    places = [_placed(shape, axes) for shape, axes in zip(args[:3], args[3:6], strict=True)]
    return 2 * prod(map(max, *places))


def _placed(shape: Shape, axes: Shape) -> list[int]:
    sizes = iter(shape)
    return [1 if axis in axes else next(sizes) for axis in range(len(shape) + len(axes))]


FORMULAS: Mapping[Any, Callable[..., int]] = {
    operation: shape_wrapper(formula)
    for formula, operations in {
        _first_by_second: (aten.mv, aten.dot, aten.vdot, aten._int_mm),
        _added_to: (
            *(aten.addmv, aten.addmv_, aten.addmm_, aten._addmm_activation),
            *(aten.addbmm, aten.addbmm_, aten.baddbmm_),
        ),
        _rank_one: (aten.addr, aten.addr_),
        _distances: (aten._euclidean_dist,),
        _convolved_rows: (aten.conv_tbc,),
        _three_factors: (aten._trilinear,),
    }.items()
    for operation in operations
}
"""Two times the MACs of operations that torch's own registry lacks, from the shapes of their
arguments; in-place forms are operations of their own."""

_ATTENTION_AND_RECURRENCE = """
    _native_multi_head_attention _transformer_encoder_layer_fwd
    _flash_attention_forward_no_dropout_inplace
    _scaled_dot_product_attention_math_for_mps _scaled_dot_product_fused_attention_overrideable
    _cudnn_rnn miopen_rnn mkldnn_rnn_layer _thnn_fused_lstm_cell _thnn_fused_gru_cell
"""

_CONVOLUTIONS_AND_PRODUCTS = """
    mkldnn_convolution _nnpack_spatial_convolution slow_conv_transpose2d
    _scaled_mm_v2 _scaled_addmm _scaled_addmm_ _grouped_mm _scaled_grouped_mm _scaled_grouped_mm_v2
    _foreach_mm _dyn_quant_matmul_4bit _weight_int8pack_mm _weight_int4pack_mm
    _weight_int4pack_mm_for_cpu _weight_int4pack_mm_with_scales_and_zeros _cslt_sparse_mm
    _sparse_addmm _sparse_semi_structured_mm _sparse_semi_structured_addmm
    _sparse_semi_structured_linear
"""

_TRANSFORMS_AND_DISTANCES = """
    _fft_c2c _fft_c2r _fft_r2c _cdist_forward _pdist_forward affine_grid_generator
"""

_DECOMPOSITIONS_AND_SOLVERS = """
    linalg_matrix_exp linalg_matrix_sqrth linalg_inv_ex linalg_pinv linalg_polar linalg_qr
    linalg_cholesky_ex linalg_eig linalg_householder_product linalg_ldl_factor_ex linalg_ldl_solve
    linalg_lstsq linalg_lu linalg_lu_factor_ex linalg_lu_solve linalg_solve_triangular
    _linalg_det _linalg_eigh _linalg_eigvals _linalg_slogdet _linalg_solve_ex _linalg_svd
    cholesky_inverse cholesky_solve _cholesky_solve_helper ormqr triangular_solve
"""

OPAQUE = frozenset(
    " ".join(
        (
            _ATTENTION_AND_RECURRENCE,
            _CONVOLUTIONS_AND_PRODUCTS,
            _TRANSFORMS_AND_DISTANCES,
            _DECOMPOSITIONS_AND_SOLVERS,
        )
    ).split()
)
"""Names of torch's own operations that run on the meta device, compute products and have no
formula; the kernels of a single back end do not run there and end a count with an error."""
