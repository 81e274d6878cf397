"""S2D, a ViT for pictures that adapters teach to look along time."""

import re
from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional

OWN = (
    *("cls_token", "pos_embed", "temporal_embedding", "patch_embed", "adapters", "norms"),
    *("blocks", "ln_post", "head"),
)
"""Beginnings of the names in S2D."""

RENAMED = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        # the authors' code: what guides by landmarks has no place, nor the last, unused norm
        (r"^prompt_norms\.(\d|10)\.", r"norms.\1."),
        (r"^prompt_blocks\.(\d+)\.TMA\.norm\.", r"adapters.\1.norm."),
        (r"^prompt_blocks\.(\d+)\.TMA\.T_Adapter\.", r"adapters.\1.time."),
        (r"^prompt_blocks\.(\d+)\.TMA\.S_Adapter\.", r"adapters.\1.patch."),
        (r"\.D_fc1\.", ".0."),
        (r"\.time\.attn\.", ".time.2."),
        (r"\.D_fc2\.", ".3."),
        (r"^head\.(?!fc_cls)", "other."),
        (r"^head\.fc_cls\.", "head."),
        # timm, whose names the authors keep
        (r"^patch_embed\.proj\.", "patch_embed."),
        (r"\.attn\.qkv\.", ".attn.in_proj_"),
        (r"\.attn\.proj\.", ".attn.out_proj."),
        (r"\.mlp\.fc1\.", ".mlp.0."),
        (r"\.mlp\.fc2\.", ".mlp.2."),
        (r"^norm\.", "ln_post."),
        # torchvision
        (r"^class_token$", "cls_token"),
        (r"^encoder\.pos_embedding$", "pos_embed"),
        (r"^conv_proj\.", "patch_embed."),
        (r"^encoder\.layers\.encoder_layer_(\d+)\.", r"blocks.\1."),
        (r"\.ln_([12])\.", r".norm\1."),
        (r"\.self_attention\.", ".attn."),
        (r"\.mlp\.linear_1\.", ".mlp.0."),
        (r"\.mlp\.(?:linear_2|3)\.", ".mlp.2."),
        (r"^encoder\.ln\.", "ln_post."),
    )
)
"""Patterns in foreign names -> what stands there in ours, one after another."""


def bottleneck(width: int, between: nn.Module) -> nn.Sequential:
    """Down to a quarter of the width, a layer there, and up again."""
    return nn.Sequential(
        nn.Linear(width, width // 4), nn.GELU(), between, nn.Linear(width // 4, width)
    )


class TimeAttention(nn.Module):
    """Attention of eight heads, without bias on queries, keys and values."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.proj = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(x).unflatten(2, (3, 8, -1)).permute(2, 0, 3, 1, 4)  # (B, 8, T, D/8) each
        mixed = functional.scaled_dot_product_attention(q, k, v)
        return self.proj(mixed.transpose(1, 2).flatten(2))  # (B, T, D)


class TemporalAdapter(nn.Module):
    """Each place looks at itself in all frames of the video, then passes an MLP."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.time = bottleneck(width, TimeAttention(width // 4))
        self.norm = nn.LayerNorm(width)
        self.patch = bottleneck(width, nn.Identity())

    def forward(self, x: Tensor, frames: int) -> Tensor:
        places = x.shape[1]
        x = x.unflatten(0, (-1, frames)).transpose(1, 2).flatten(0, 1)  # (B*P, T, D)
        x = self.time(x).unflatten(0, (-1, places)).transpose(1, 2).flatten(0, 1)  # (B*T, P, D)
        return self.patch(self.norm(x))


class Block(nn.Module):
    """A layer of ViT: attention among the places of a frame, then an MLP."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attn = nn.MultiheadAttention(width, heads, batch_first=True)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )

    def forward(self, x: Tensor) -> Tensor:
        normed = self.norm1(x)
        x = x + self.attn(normed, normed, normed, need_weights=False)[0]
        return x + self.mlp(self.norm2(x))


class S2D(nn.Module):
    """ViT-B/16 on every frame; before each layer an adapter adds what it sees along time.

    Source: Chen et al., "From Static to Dynamic: Adapting Landmark-Aware Image Models for Facial
        Expression Recognition in Videos", IEEE TAFFC 2024, https://arxiv.org/abs/2312.05447, and
        the authors' code (github.com/MSA-LMC/S2D).

    In:  (B, 3, T, H, W) float32, RGB, normalised; T = `frames`; H, W >= 16, made for 224.
    Out: (B, K) logits.
    Differs: without the landmark-guided prompts, since no landmark network is at hand, and without
        the self-distillation of the loss by anchors of the emotions. The adapters' upward weights
        start at small random numbers, as the authors' code leaves them: it draws them anew after
        setting them to zero. Other sizes than 224 interpolate the positions of the places.
    Names: `adapters` are the TMA; `norms` stand before them, the first one twice, as in the
        authors' code.
    """

    def __init__(self, num_classes: int, *, frames: int = 16) -> None:
        super().__init__()
        self.frames = frames
        self.patch_embed = nn.Conv2d(3, 768, kernel_size=16, stride=16)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, 768))
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + 14 * 14, 768))
        self.temporal_embedding = nn.Parameter(torch.zeros(1, frames, 768))
        self.blocks = nn.ModuleList([Block(768, heads=12) for _ in range(12)])
        self.adapters = nn.ModuleList([TemporalAdapter(768) for _ in range(12)])
        self.norms = nn.ModuleList([nn.LayerNorm(768, eps=1e-6) for _ in range(11)])
        self.ln_post = nn.LayerNorm(768, eps=1e-6)
        self.dropout = nn.Dropout(0.5)
        self.head = nn.Linear(768, num_classes)
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.trunc_normal_(layer.weight, std=0.02)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)
        for embedding in (self.cls_token, self.pos_embed, self.temporal_embedding):
            nn.init.trunc_normal_(embedding, std=0.02)

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Logits (B, K) and features (B, 768), the mean of the frames' class tokens.

        Raises:
            ValueError: T is not the number of frames that the network was made for.
        """
        if video.shape[2] != self.frames:
            raise ValueError(
                f"the video has {video.shape[2]} frames; expected {self.frames} frames."
            )
        maps = self.patch_embed(video.transpose(1, 2).flatten(0, 1))  # (B*T, 768, H/16, W/16)
        x = maps.flatten(2).transpose(1, 2)  # (B*T, P, 768)
        x = x + self.adapters[0](self.norms[0](x), self.frames)
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], dim=1)  # (B*T, 1+P, 768)
        x = x + self.positions(*maps.shape[2:])
        x = x + self.temporal_embedding.transpose(0, 1).repeat(len(video), 1, 1)
        x = self.blocks[0](x)
        layers = zip(self.blocks[1:], self.adapters[1:], self.norms, strict=True)
        for block, adapter, norm in layers:
            token, places = x[:, :1], x[:, 1:]
            x = block(torch.cat([token, places + adapter(norm(places), self.frames)], dim=1))
        tokens = self.ln_post(x[:, 0]).unflatten(0, (-1, self.frames))  # (B, T, 768)
        features = tokens.mean(1)  # (B, 768)
        return {"logits": self.head(self.dropout(features)), "features": features}

    def positions(self, rows: int, columns: int) -> Tensor:
        """The embedding of the class token and of a grid of places, (1, 1 + P, 768)."""
        if (rows, columns) == (14, 14):
            return self.pos_embed
        grid = self.pos_embed[:, 1:].transpose(1, 2).unflatten(2, (14, 14))  # (1, 768, 14, 14)
        grid = functional.interpolate(grid, (rows, columns), mode="bicubic", align_corners=False)
        return torch.cat([self.pos_embed[:, :1], grid.flatten(2).transpose(1, 2)], dim=1)


def weight_keys(names: Iterable[str]) -> dict[str, str]:
    """Foreign name -> name in S2D; names without a place there are left out.

    Known are checkpoints of the authors' code, which fill the whole network, and a ViT-B/16 of
    timm or torchvision, which fills all but the adapters, the head and the frames' embedding.

    Args:
        names: every name in the file.
    """
    mapped: dict[str, str] = {}
    for name in names:
        place = name
        for pattern, ours in RENAMED:
            place = pattern.sub(ours, place)
        if place.split(".")[0] in OWN:
            mapped[name] = place
    return mapped
