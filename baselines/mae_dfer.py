"""MAE-DFER: the local-global interaction transformer (LGI-Former) that is fine-tuned."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention
from torchvision.ops import StochasticDepth

RELEASED = (
    ("patch_embed.proj.", "embedding."),
    ("lg_region_tokens", "messengers"),
    (".first_attn_norm0.", ".local_norm."),
    (".first_attn.", ".local."),
    (".second_attn_norm0.", ".exchange_norm."),
    (".second_attn.", ".exchange."),
    (".third_attn_norm0.", ".cross_norm."),
    (".third_attn_norm1.", ".context_norm."),
    (".third_attn.", ".cross."),
    (".norm2.", ".mlp_norm."),
    (".q_bias", ".q.bias"),
    (".proj.", ".out."),
    (".mlp.fc1.", ".mlp.0."),
    (".mlp.fc2.", ".mlp.2."),
    ("fc_norm.", "norm."),
)
"""Parts of the names in the authors' code, and what they are called here."""


class MAEDFER(nn.Module):
    """Attention inside regions of a video; a messenger of each carries what others should know.

    Source: Sun et al., "MAE-DFER: Efficient Masked Autoencoder for Self-supervised Dynamic Facial
        Expression Recognition", ACM MM 2023, https://arxiv.org/abs/2307.02227, and the authors'
        code (github.com/sunlicai/MAE-DFER).

    In:  (B, 3, 16, H, W) float32, RGB normalised by ImageNet; H, W <= 160 and H at least 32, in
        an even number of patches of 16 pixels; what goes beyond whole patches is not seen.
    Out: (B, K) logits.
    Differs: the code takes 160 x 160 only; in a smaller picture the eight regions are smaller and
        the positions are the first ones, those that the code would make for it. In the MLP,
        stochastic depth is drawn for all patches of a video and for its messengers, where the
        code draws for each region. As in the code the messengers alone are classified, so that no
        gradient reaches `cross`, `cross_norm` and `context_norm` of the last block.
    Names: `local`, `exchange` and `cross` are the code's first, second and third attention,
        `messengers` its region tokens.
    """

    position: Tensor

    def __init__(
        self, num_classes: int, *, dim: int = 512, depth: int = 16, heads: int = 8
    ) -> None:
        super().__init__()
        self.embedding = nn.Conv3d(3, dim, (2, 16, 16), stride=(2, 16, 16))
        self.register_buffer("position", sinusoids(8 * 10 * 10, dim), persistent=False)
        self.messengers = nn.Parameter(torch.empty(8, dim))
        rates = (0.1 * i / (depth - 1) for i in range(depth))
        self.blocks = nn.ModuleList(Block(dim, heads, rate) for rate in rates)
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.head = nn.Linear(dim, num_classes)
        nn.init.trunc_normal_(self.messengers, std=0.02)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        # an almost silent head at first leaves the pretrained layers in place
        nn.init.trunc_normal_(self.head.weight, std=0.02 * 0.001)

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Logits (B, K) and features (B, 512), the mean of the messengers.

        Raises:
            ValueError: the video has another number of frames, or no even number of patch rows, or
                its pictures are too large.
        """
        patches = self.split(self.embed(video))  # (B, 8*S, 512)
        messengers = self.messengers.expand(len(video), -1, -1)  # (B, 8, 512)
        for block in self.blocks:
            messengers, patches = block(messengers, patches)
        features = self.norm(messengers.mean(1))  # (B, 512)
        return {"logits": self.head(features), "features": features}

    def embed(self, video: Tensor) -> Tensor:
        """Patches with their positions, shape (B, 8, rows, columns, D)."""
        if video.shape[2] != 16:
            raise ValueError(f"the video has {video.shape[2]} frames; expected 16.")
        patches = self.embedding(video).permute(0, 2, 3, 4, 1)  # (B, 8, rows, columns, D)
        rows, columns = patches.shape[2:4]
        if rows % 2 or 8 * rows * columns > len(self.position):
            raise ValueError(
                f"the pictures have {rows} x {columns} patches of 16 pixels; "
                f"expected an even number of rows and at most 10 x 10 patches."
            )
        position = self.position[: 8 * rows * columns]
        return patches + position.unflatten(0, (8, rows, columns))

    def split(self, patches: Tensor) -> Tensor:
        """Patches in the order of their regions: two time steps each, and the upper or lower half.

        Args:
            patches: shape (B, 8, rows, columns, D).

        Returns:
            Shape (B, 8*S, D).
        """
        half = patches.shape[2] // 2
        regions = patches.unflatten(2, (2, half)).unflatten(1, (4, 2))  # (B, 4, 2, 2, h, w, D)
        return regions.transpose(2, 3).flatten(1, 5)  # (B, 8*S, D)


class Block(nn.Module):
    """One layer of the LGI-Former: attention within, among messengers, back; then an MLP.

    In:  (B, 8, D) messengers, one a region, and (B, 8*S, D) patches in the order of their regions.
    Out: (B, 8, D) and (B, 8*S, D).
    """

    def __init__(self, dim: int, heads: int, drop_path: float) -> None:
        super().__init__()
        self.local_norm = nn.LayerNorm(dim, eps=1e-6)
        self.local = Attention(dim, heads)
        self.exchange_norm = nn.LayerNorm(dim, eps=1e-6)
        self.exchange = Attention(dim, heads)
        self.cross_norm = nn.LayerNorm(dim, eps=1e-6)
        self.context_norm = nn.LayerNorm(dim, eps=1e-6)
        self.cross = Attention(dim, heads)
        self.mlp_norm = nn.LayerNorm(dim, eps=1e-6)
        self.mlp = nn.Sequential(nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim))
        self.drop_path = StochasticDepth(drop_path, mode="row")

    def forward(self, messengers: Tensor, patches: Tensor) -> tuple[Tensor, Tensor]:
        regions = patches.unflatten(1, (8, -1))  # (B, 8, S, D)
        regions = torch.cat([messengers.unsqueeze(2), regions], dim=2).flatten(0, 1)
        normed = self.local_norm(regions)  # (B*8, 1+S, D)
        regions = regions + self.drop_path(self.local(normed, normed))
        regions = regions.unflatten(0, (-1, 8))  # (B, 8, 1+S, D)
        messengers, patches = regions[:, :, 0], regions[:, :, 1:].flatten(1, 2)
        normed = self.exchange_norm(messengers)
        messengers = messengers + self.drop_path(self.exchange(normed, normed))
        news = self.cross(self.cross_norm(patches), self.context_norm(messengers))
        patches = patches + self.drop_path(news)
        return self.feed(messengers), self.feed(patches)

    def feed(self, tokens: Tensor) -> Tensor:
        return tokens + self.drop_path(self.mlp(self.mlp_norm(tokens)))


class Attention(nn.Module):
    """Multi-head attention of tokens to a context; a bias for queries and values, none for keys.

    In:  (B, L, D) tokens and (B, M, D) context.
    Out: (B, L, D).
    """

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q = nn.Linear(dim, dim)
        self.kv = nn.Linear(dim, 2 * dim, bias=False)
        self.v_bias = nn.Parameter(torch.zeros(dim))
        self.out = nn.Linear(dim, dim)

    def forward(self, tokens: Tensor, context: Tensor) -> Tensor:
        key, value = self.kv(context).chunk(2, dim=2)  # (B, M, D) each
        parts = (self.q(tokens), key, value + self.v_bias)
        # (B, heads, L or M, D/heads) each
        query, key, value = (p.unflatten(2, (self.heads, -1)).transpose(1, 2) for p in parts)
        mixed = scaled_dot_product_attention(query, key, value)
        return self.out(mixed.transpose(1, 2).flatten(2))  # (B, L, D)


def sinusoids(count: int, dim: int) -> Tensor:
    """Fixed position codes, shape (count, dim): sines in even places, cosines in odd ones.

    Args:
        count: positions.
        dim: D.
    """
    place = torch.arange(dim)
    angles = torch.arange(count).double()[:, None] / 10000 ** ((place - place % 2) / dim).double()
    return torch.where(place % 2 == 0, angles.sin(), angles.cos()).float()


def weight_keys(names: Iterable[str]) -> dict[str, str]:
    """Foreign name -> name in `MAEDFER`; names without a place are left out.

    Two kinds of file are known: fine-tuned networks of the authors' code, which fill all of it,
    and pretrained ones, whose names begin with `encoder.`; these fill all but `norm` and `head`,
    and their decoder and last norm have no place.

    Args:
        names: every name in the file.
    """
    mapped: dict[str, str] = {}
    for name in names:
        ours = name.removeprefix("encoder.")
        if ours.startswith(("patch_embed.", "lg_region_tokens", "blocks.", "fc_norm.", "head.")):
            for theirs, here in RELEASED:
                ours = ours.replace(theirs, here)
            mapped[name] = ours
    return mapped
