"""EST, the expression snippet transformer."""

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.models import resnet18

SNIPPETS = 7

ORDERS = tuple(
    tuple((step * place + start) % SNIPPETS for place in range(SNIPPETS))
    for step in range(2, SNIPPETS)
    for start in (1, 4)
)
"""Ten orders of the snippets; any two, or one and the true order, agree in one place at most."""

TRUNK = ("conv1", "bn1", "layer1", "layer2", "layer3", "layer4")

RELEASED = {
    "attn": "encoder.attention",
    "norm1": "encoder.norm",
    "transformer.encoder": "transformer.encoder",
    "transformer.decoder": "transformer.decoder",
    "query_embed.weight": "transformer.query",
    "pos_enc.pos_enc.weight": "positions",
    "per_branch.classifier": "order_head",
    "classifier.5.0": "head.5",
    "classifier": "head",
}
"""How names in the authors' code begin, and how they begin here; the first that fits is taken."""


class EST(nn.Module):
    """Frames become snippets, snippets one emotion feature, which also tells their order.

    Source: Liu et al., "Expression snippet transformer for robust video-based facial expression
        recognition", Pattern Recognit. 138 (2023), https://doi.org/10.1016/j.patcog.2023.109368,
        and the authors' code (github.com/DreamMr/EST).

    In:  (B, 3, T, H, W) float32, RGB in [0, 1]; T = 7 snippets x frames, snippet-major; H, W >= 32.
    Out: (B, K) logits.
    Differs: the ten orders of the authors are in a file of theirs; ours follow a rule, so that a
        released `order_head` speaks of other orders. We shuffle the features of the snippets, not
        their frames: it is the same, for snippets do not meet before. Their code also guesses the
        order in evaluation, which costs 8 M MACs more.
    Names: `encoder` makes a snippet of frames; `order_head` is the paper's SSOP, the shuffled
        snippet order prediction. `layers` is 3 as in the authors' command; 4 in their class.
    """

    def __init__(self, num_classes: int, *, frames: int = 5, layers: int = 3) -> None:
        super().__init__()
        self.frames = frames
        self.trunk = resnet18()
        self.trunk.fc = nn.Identity()  # pyright: ignore[reportAttributeAccessIssue]
        self.encoder = SnippetEncoder(512)
        self.positions = nn.Parameter(sinusoids(SNIPPETS, 512), requires_grad=False)
        self.transformer = EmotionTransformer(512, layers)
        self.head = nn.Sequential(
            nn.Linear(512, 128),
            nn.ReLU(),
            nn.Linear(128, 64),
            nn.ReLU(),
            nn.Dropout(0.4),
            nn.Linear(64, num_classes),
        )
        self.order_head = nn.Sequential(
            nn.Linear(SNIPPETS * 512, 2048),
            nn.BatchNorm1d(2048),
            nn.ReLU(),
            nn.Linear(2048, 512),
            nn.BatchNorm1d(512),
            nn.ReLU(),
            nn.Linear(512, len(ORDERS)),
        )

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Everything that one pass gives.

        Returns:
            logits (B, K) and features (B, 512); in training order (B,), which of `ORDERS` the
            snippets of each video are shown in, and the guess order_logits (B, 10); in evaluation
            clip_scores (B, 7), the attention that the emotion pays to each snippet.

        Raises:
            ValueError: T is not 7 snippets x frames.
        """
        if video.shape[2] != SNIPPETS * self.frames:
            raise ValueError(
                f"the video has {video.shape[2]} frames; "
                f"expected {SNIPPETS} snippets x {self.frames} frames."
            )
        pictures = video.transpose(1, 2).flatten(0, 1)  # (B*T, 3, H, W)
        frames = self.trunk(pictures).unflatten(0, (-1, self.frames))  # (B*7, T/7, 512)
        snippets = self.encoder(frames).unflatten(0, (-1, SNIPPETS))  # (B, 7, 512)
        if not self.training:
            features, scores = self.transformer(snippets + self.positions)  # (B, 512), (B, 7)
            return {
                "logits": self.head(features),
                "features": features,
                "clip_scores": scores,
            }
        order = torch.randint(len(ORDERS), (len(video),), device=video.device)
        shown = torch.tensor(ORDERS, device=video.device)[order]  # (B, 7)
        snippets = snippets.gather(1, shown.unsqueeze(2).expand_as(snippets))
        # the position goes with its snippet, so that only the order head is asked for the order
        features, _ = self.transformer(snippets + self.positions[shown])
        guess = self.order_head((snippets.detach() + features.unsqueeze(1)).flatten(1))  # (B, 10)
        return {
            "logits": self.head(features),
            "features": features,
            "order_logits": guess,
            "order": order,
        }


class SnippetEncoder(nn.Module):
    """The frames of a snippet look at each other; their mean favours those like their maximum.

    In:  (B, T, D) features of the frames of one snippet.
    Out: (B, D) feature of the snippet.
    """

    def __init__(self, dim: int, heads: int = 4) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(dim, heads, dropout=0.1, batch_first=True)
        self.dropout = nn.Dropout(0.1)
        self.norm = nn.LayerNorm(dim)

    def forward(self, frames: Tensor) -> Tensor:
        attended, _ = self.attention(frames, frames, frames, need_weights=False)
        frames = self.norm(frames + self.dropout(attended))  # (B, T, D)
        summary = frames.amax(1, keepdim=True)  # (B, 1, D)
        weights = functional.cosine_similarity(frames, summary, dim=2).clamp(min=1e-8)  # (B, T)
        weights = (weights / weights.sum(1, keepdim=True)).unsqueeze(2)  # (B, T, 1)
        return (weights * frames).sum(1)  # (B, D)


class EmotionTransformer(nn.Module):
    """Snippets look at each other, then one learned query looks at the snippets.

    In:  (B, N, D) snippets with their positions.
    Out: (B, D) emotion feature, (B, N) attention of the last layer, the mean of its heads.
    """

    def __init__(self, dim: int, layers: int) -> None:
        super().__init__()
        self.encoder = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(dim, 4, 2048, 0.1, batch_first=True),
            layers,
            nn.LayerNorm(dim),
            enable_nested_tensor=False,
        )
        self.decoder = EmotionDecoder(dim, layers)
        for param in self.parameters():
            if param.dim() > 1:
                nn.init.kaiming_uniform_(param)
        self.query = nn.Parameter(torch.randn(1, dim))

    def forward(self, snippets: Tensor) -> tuple[Tensor, Tensor]:
        query = self.query.expand(len(snippets), 1, -1)  # (B, 1, D)
        emotion, scores = self.decoder(query, self.encoder(snippets))  # (B, 1, D), (B, 1, N)
        return emotion.squeeze(1), scores.squeeze(1)


class EmotionDecoder(nn.Module):
    """Decoder layers and a norm, which also tell where the last layer looks.

    In:  (B, 1, D) query, (B, N, D) snippets.
    Out: (B, 1, D) emotion, (B, 1, N) attention.
    """

    def __init__(self, dim: int, layers: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(DecoderLayer(dim, 4, 2048) for _ in range(layers))
        self.norm = nn.LayerNorm(dim)

    def forward(self, query: Tensor, snippets: Tensor) -> tuple[Tensor, Tensor]:
        scores = query
        for layer in self.layers:
            query, scores = layer(query, snippets)
        return self.norm(query), scores


class DecoderLayer(nn.Module):
    """As `nn.TransformerDecoderLayer`, with its names, but it tells its attention.

    In:  (B, 1, D) query, (B, N, D) snippets.
    Out: (B, 1, D) query, (B, 1, N) attention, the mean of the heads.
    """

    def __init__(self, dim: int, heads: int, hidden: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.self_attn = nn.MultiheadAttention(dim, heads, dropout, batch_first=True)
        self.multihead_attn = nn.MultiheadAttention(dim, heads, dropout, batch_first=True)
        self.linear1 = nn.Linear(dim, hidden)
        self.relu = nn.ReLU()
        self.linear2 = nn.Linear(hidden, dim)
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(dim) for _ in range(3))
        self.dropout = nn.Dropout(dropout)

    def forward(self, query: Tensor, snippets: Tensor) -> tuple[Tensor, Tensor]:
        attended, _ = self.self_attn(query, query, query, need_weights=False)
        query = self.norm1(query + self.dropout(attended))
        attended, scores = self.multihead_attn(query, snippets, snippets)
        query = self.norm2(query + self.dropout(attended))
        widened = self.dropout(self.relu(self.linear1(query)))  # (B, 1, 2048)
        return self.norm3(query + self.dropout(self.linear2(widened))), scores


def sinusoids(count: int, dim: int) -> Tensor:
    """Positions as sines and cosines in turn, (count, dim)."""
    rates = torch.exp(-math.log(10_000) * torch.arange(0, dim, 2) / dim)  # (dim / 2,)
    angles = torch.arange(count).unsqueeze(1) * rates  # (count, dim / 2)
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)


def weight_keys(names: Iterable[str]) -> dict[str, str]:
    """Foreign name -> name in `EST`; names without a place are left out.

    Two kinds of file are known: checkpoints of the authors' code, which fill the whole network,
    and any ResNet-18 with torchvision's names (ImageNet, face-pretrained, synthetic), which fills
    the trunk; its own classifier (`fc.*`, `feature.*`) has no place.

    Args:
        names: every name in the file; the authors' files are known by their learned query.
    """
    names = list(names)
    begins = RELEASED if "query_embed.weight" in names else {}
    mapped: dict[str, str] = {}
    for name in names:
        if name.split(".")[0] in TRUNK:
            mapped[name] = f"trunk.{name}"
            continue
        theirs = next((begin for begin in begins if f"{name}.".startswith(f"{begin}.")), None)
        if theirs:
            mapped[name] = begins[theirs] + name.removeprefix(theirs)
    return mapped
