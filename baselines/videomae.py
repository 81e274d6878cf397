"""VideoMAE: the plain video transformer that is fine-tuned after masked pretraining."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention
from torchvision.ops import StochasticDepth

RELEASED = (
    ("patch_embed.proj.", "embedding."),
    (".attn.q_bias", ".attention.q_bias"),
    (".attn.v_bias", ".attention.v_bias"),
    (".attn.qkv.", ".attention.qkv."),
    (".attn.proj.", ".attention.out."),
    (".mlp.fc1.", ".mlp.0."),
    (".mlp.fc2.", ".mlp.2."),
    ("fc_norm.", "norm."),
)
"""Parts of the names in the authors' code, and what they are called here."""


class VideoMAE(nn.Module):
    """ViT-B over patches of 2 x 16 x 16 with joint space-time attention; their mean is classified.

    Source: Tong et al., "VideoMAE: Masked Autoencoders are Data-Efficient Learners for
        Self-Supervised Video Pre-Training", NeurIPS 2022, https://arxiv.org/abs/2203.12602, and
        the authors' code (github.com/MCG-NJU/VideoMAE); at 160 pixels as in Table 12 of Sun et
        al. (MAE-DFER), ACM MM 2023.

    In:  (B, 3, 16, H, W) float32, RGB normalised by ImageNet; 16 <= H, W <= 224; what goes beyond
        whole patches is not seen.
    Out: (B, K) logits.
    Differs: the code takes the one size that it was built for; the positions of a smaller picture
        are the first ones, which are those that the code would make for it.
    Names: `embedding` is the code's patch_embed, `norm` its fc_norm.
    """

    position: Tensor

    def __init__(
        self, num_classes: int, *, dim: int = 768, depth: int = 12, heads: int = 12
    ) -> None:
        super().__init__()
        self.embedding = nn.Conv3d(3, dim, (2, 16, 16), stride=(2, 16, 16))
        self.register_buffer("position", sinusoids(8 * 14 * 14, dim), persistent=False)
        rates = (0.1 * i / (depth - 1) for i in range(depth))
        self.blocks = nn.ModuleList(Block(dim, heads, rate) for rate in rates)
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.head = nn.Linear(dim, num_classes)
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
        """Logits (B, K) and features (B, 768).

        Raises:
            ValueError: the video has another number of frames, or its pictures are too large.
        """
        if video.shape[2] != 16:
            raise ValueError(f"the video has {video.shape[2]} frames; expected 16.")
        tokens = self.embedding(video).flatten(2).transpose(1, 2)  # (B, L, 768)
        count, known = tokens.shape[1], self.position.shape[0]
        if count > known:
            raise ValueError(
                f"the pictures of {video.shape[3]} x {video.shape[4]} pixels give {count} patches; "
                f"expected at most {known}, those of 224 x 224 pixels."
            )
        tokens = tokens + self.position[:count]
        for block in self.blocks:
            tokens = block(tokens)
        features = self.norm(tokens.mean(1))  # (B, 768)
        return {"logits": self.head(features), "features": features}


class Block(nn.Module):
    """Self-attention and an MLP, each after a layer norm and beside a residual.

    In:  (B, L, D) tokens.
    Out: (B, L, D).
    """

    def __init__(self, dim: int, heads: int, drop_path: float) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim, eps=1e-6)
        self.attention = Attention(dim, heads)
        self.norm2 = nn.LayerNorm(dim, eps=1e-6)
        self.mlp = nn.Sequential(nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim))
        self.drop_path = StochasticDepth(drop_path, mode="row")

    def forward(self, tokens: Tensor) -> Tensor:
        tokens = tokens + self.drop_path(self.attention(self.norm1(tokens)))
        return tokens + self.drop_path(self.mlp(self.norm2(tokens)))


class Attention(nn.Module):
    """Multi-head self-attention; a bias for queries and values, none for keys.

    In:  (B, L, D) tokens.
    Out: (B, L, D).
    """

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim, bias=False)
        self.q_bias = nn.Parameter(torch.zeros(dim))
        self.v_bias = nn.Parameter(torch.zeros(dim))
        self.out = nn.Linear(dim, dim)

    def forward(self, tokens: Tensor) -> Tensor:
        query, key, value = self.qkv(tokens).chunk(3, dim=2)  # (B, L, D) each
        parts = (query + self.q_bias, key, value + self.v_bias)
        # (B, heads, L, D/heads) each
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
    """Foreign name -> name in `VideoMAE`; names without a place are left out.

    Two kinds of file are known: fine-tuned networks of the authors' code, which fill all of it,
    and pretrained ones, whose names begin with `encoder.`; these fill all but `norm` and `head`,
    and their decoder and last norm have no place.

    Args:
        names: every name in the file.
    """
    mapped: dict[str, str] = {}
    for name in names:
        ours = name.removeprefix("encoder.")
        if ours.startswith(("patch_embed.", "blocks.", "fc_norm.", "head.")):
            for theirs, here in RELEASED:
                ours = ours.replace(theirs, here)
            mapped[name] = ours
    return mapped
