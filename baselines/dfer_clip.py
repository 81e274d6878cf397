"""DFER-CLIP, videos compared with sentences; needs open_clip."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import open_clip
import torch
from torch import Tensor, nn
from torch.nn import functional

SIX = (
    "lowered and drawn brows, a hard stare and lips pressed tight",
    "a wrinkled nose, a raised upper lip and narrowed eyes",
    "wide eyes, brows raised and drawn together, and a mouth stretched open",
    "raised cheeks, wrinkles beside the eyes and the corners of the mouth pulled up",
    "raised inner brows, drooping eyelids and the corners of the mouth pulled down",
    "high arched brows, wide open eyes and a dropped jaw",
)
"""What a face does when angry, disgusted, afraid, happy, sad or surprised, in this order."""

SEVEN = (*SIX[:4], "relaxed brows and eyelids, a closed mouth and a still face", *SIX[4:])
"""The same with neutral after happy."""

GENERIC = "an expression of the face"
"""For classes that are told by their learnt tokens alone."""

CONTEXTS = 8
"""Learnable tokens before a description."""

RENAMED = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        # the authors' code
        (r"^prompt_learner\.ctx$", "prompts"),
        (r"^clip_model_\.token_embedding\.", "text_encoder.token_embedding."),
        (r"^temporal_net\.pos_embedding$", "temporal_net.positions"),
        (r"^temporal_net\.temporal_transformer\.layers\.0\.", "temporal_net."),
        (r"\.0\.fn\.norm\.", ".norm1."),
        (r"\.0\.fn\.fn\.to_qkv\.", ".attention.qkv."),
        (r"\.0\.fn\.fn\.to_out\.0\.", ".attention.proj."),
        (r"\.1\.fn\.norm\.", ".norm2."),
        (r"\.1\.fn\.fn\.net\.0\.", ".mlp.0."),
        (r"\.1\.fn\.fn\.net\.3\.", ".mlp.2."),
        # CLIP itself
        (r"^visual\.", "image_encoder."),
        (r"^(?=(transformer|token_embedding|ln_final)\.)", "text_encoder."),
        (r"^(?=(positional_embedding|text_projection)$)", "text_encoder."),
    )
)
"""Patterns in foreign names -> what stands there in ours, one after another."""

PARTS = ("image_encoder", "temporal_net", "text_encoder", "prompts")


class TextEncoder(nn.Module):
    """CLIP's encoder of sentences, frozen; learnt tokens take the place of those after the first.

    Args:
        clip: an `open_clip.CLIP`, whose part for text is taken over.
        sentences: one a class; `CONTEXTS` learnt tokens are put before each.
    """

    tokens: Tensor
    """(K, 77), padded with zeros."""

    def __init__(self, clip: Any, sentences: Sequence[str]) -> None:
        super().__init__()
        self.token_embedding = clip.token_embedding
        self.positional_embedding = clip.positional_embedding
        self.transformer = clip.transformer
        self.ln_final = clip.ln_final
        self.text_projection = clip.text_projection
        self.requires_grad_(False)
        held = " ".join("x" * CONTEXTS)  # a token each
        tokens = open_clip.tokenize([f"{held} {sentence}" for sentence in sentences])
        self.register_buffer("tokens", tokens, persistent=False)
        self.register_buffer("mask", clip.attn_mask, persistent=False)

    def forward(self, learnt: Tensor) -> Tensor:
        words = self.token_embedding(self.tokens)  # (K, 77, 512)
        words = torch.cat([words[:, :1], learnt, words[:, 1 + CONTEXTS :]], dim=1)
        x = self.transformer(words + self.positional_embedding, attn_mask=self.mask)
        # the end of a sentence has the highest number of all tokens, and has seen all of them
        ends = self.tokens.argmax(1)
        last = self.ln_final(x)[torch.arange(len(x), device=x.device), ends]  # (K, 512)
        return last @ self.text_projection


class Attention(nn.Module):
    """Attention of eight heads, without bias on queries, keys and values."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.proj = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(x).unflatten(2, (3, 8, -1)).permute(2, 0, 3, 1, 4)  # (B, 8, T, D/8) each
        mixed = functional.scaled_dot_product_attention(q, k, v)
        return self.proj(mixed.transpose(1, 2).flatten(2))  # (B, T, D)


class TemporalNet(nn.Module):
    """One layer of a transformer over the frames and a class token, which answers."""

    def __init__(self, width: int, frames: int) -> None:
        super().__init__()
        self.cls_token = nn.Parameter(torch.randn(1, 1, width))
        self.positions = nn.Parameter(torch.randn(1, 1 + frames, width))
        self.norm1, self.attention = nn.LayerNorm(width), Attention(width)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 1024), nn.GELU("tanh"), nn.Linear(1024, width))

    def forward(self, frames: Tensor) -> Tensor:
        x = torch.cat([self.cls_token.expand(len(frames), -1, -1), frames], dim=1)  # (B, 1+T, D)
        x = x + self.positions
        x = x + self.attention(self.norm1(x))
        x = x + self.mlp(self.norm2(x))
        return x[:, 0]  # (B, D)


class DFERCLIP(nn.Module):
    """CLIP and a temporal transformer see the video; its class is the sentence that is nearest.

    Source: Zhao & Patras, "Prompting Visual-Language Models for Dynamic Facial Expression
        Recognition", BMVC 2023, https://arxiv.org/abs/2308.13382, and the authors' code
        (github.com/zengqunzhao/DFER-CLIP).

    In:  (B, 3, T, 224, 224) float32, RGB in [0, 1]; T = `frames`.
    Out: (B, K) logits: cosines divided by 0.01.
    Differs: the sentences are in words of ours. They are for the basic emotions in alphabetical
        order, seven with neutral or six without; another number of classes is told apart by the
        learnt tokens alone, and other classes of that number, or another order of them, need
        `descriptions`. Begins at random unless it is given CLIP's weights, on which it rests.
    Names: `prompts` are the learnable context of each class.
    """

    def __init__(
        self, num_classes: int, *, frames: int = 16, descriptions: Sequence[str] = ()
    ) -> None:
        """Build the network.

        Args:
            num_classes: K.
            frames: T.
            descriptions: what a face does in each class, in the order of the classes; () takes
                ours.

        Raises:
            ValueError: there are not as many descriptions as classes.
        """
        super().__init__()
        ours = {6: SIX, 7: SEVEN}.get(num_classes, (GENERIC,) * num_classes)
        sentences = tuple(descriptions) or ours
        if len(sentences) != num_classes:
            raise ValueError(
                f"there are {len(sentences)} descriptions; expected {num_classes}, one a class."
            )
        self.frames = frames
        clip = open_clip.CLIP(
            embed_dim=512,
            vision_cfg=open_clip.CLIPVisionCfg(layers=12, width=768, patch_size=32),
            text_cfg=open_clip.CLIPTextCfg(layers=12, width=512, heads=8),
            quick_gelu=True,
        )
        self.image_encoder = clip.visual
        self.temporal_net = TemporalNet(512, frames)
        self.text_encoder = TextEncoder(clip, sentences)
        self.prompts = nn.Parameter(0.02 * torch.randn(num_classes, CONTEXTS, 512))

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Logits (B, K) and features (B, 512), of length one.

        Raises:
            ValueError: T is not the number of frames that the network was made for.
        """
        if video.shape[2] != self.frames:
            raise ValueError(
                f"the video has {video.shape[2]} frames; expected {self.frames} frames."
            )
        pictures = video.transpose(1, 2).flatten(0, 1)  # (B*T, 3, 224, 224)
        frames = self.image_encoder(pictures).unflatten(0, (-1, self.frames))  # (B, T, 512)
        features = functional.normalize(self.temporal_net(frames), dim=1)  # (B, 512)
        classes = functional.normalize(self.text_encoder(self.prompts), dim=1)  # (K, 512)
        return {"logits": features @ classes.t() / 0.01, "features": features}


def weight_keys(names: Iterable[str]) -> dict[str, str]:
    """Foreign name -> name in DFER-CLIP; names without a place there are left out.

    Known are checkpoints of the authors' code, which fill the whole network, and CLIP ViT-B/32 of
    OpenAI or open_clip, which fills both encoders. The temperature has no place.

    Args:
        names: every name in the file.
    """
    mapped: dict[str, str] = {}
    for name in names:
        place = name
        for pattern, ours in RENAMED:
            place = pattern.sub(ours, place)
        if place.split(".")[0] in PARTS:
            mapped[name] = place
    return mapped
