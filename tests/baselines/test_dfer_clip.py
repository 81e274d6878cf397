import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

open_clip = pytest.importorskip("open_clip", reason='needs `pip install "video-fer-bench[clip]"`')

from baselines import dfer_clip  # noqa: E402 - after the check that its library is here
from baselines.dfer_clip import DFERCLIP, weight_keys  # noqa: E402

LAYER = ("0.fn.norm", "0.fn.fn.to_qkv", "0.fn.fn.to_out.0", "1.fn.norm", "1.fn.fn.net.0")


def clip_names():
    with torch.device("meta"):
        return list(
            open_clip.CLIP(
                embed_dim=512,
                vision_cfg=open_clip.CLIPVisionCfg(layers=12, width=768, patch_size=32),
                text_cfg=open_clip.CLIPTextCfg(layers=12, width=512, heads=8),
            ).state_dict()
        )


def released_names():
    clip = clip_names()
    temporal = [
        f"temporal_net.temporal_transformer.layers.0.{layer}.{leaf}"
        for layer in (*LAYER, "1.fn.fn.net.3")
        for leaf in (("weight",) if layer.endswith("to_qkv") else ("weight", "bias"))
    ]
    visual = [name for name in clip if name.startswith("visual.")]
    text = ("positional_embedding", "text_projection", "transformer.", "ln_final.")
    return [
        *("prompt_learner.ctx", "prompt_learner.token_prefix", "prompt_learner.token_suffix"),
        *(f"text_encoder.{name}" for name in clip if name.startswith(text)),
        *(name.replace("visual.", "image_encoder.") for name in visual),
        *("temporal_net.cls_token", "temporal_net.pos_embedding", *temporal),
        *(f"clip_model_.{name}" for name in clip),
    ]


def sentences_of(classes, **args):
    seen = []
    real = open_clip.tokenize
    with pytest.MonkeyPatch.context() as patch, torch.device("meta"):
        patch.setattr(open_clip, "tokenize", lambda texts: seen.extend(texts) or real(texts))
        DFERCLIP(classes, **args)
    return [sentence.removeprefix("x x x x x x x x ") for sentence in seen]


@pytest.fixture
def network():
    """The real ends of the network between encoders of a few numbers."""
    with torch.device("meta"):
        network = DFERCLIP(3, frames=2)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network.image_encoder = nn.Sequential(nn.Flatten(), nn.Linear(3 * 4 * 4, 512))
        network.temporal_net = dfer_clip.TemporalNet(512, frames=2)
        network.text_encoder = nn.Sequential(nn.Flatten(), nn.Linear(dfer_clip.CONTEXTS * 512, 512))
        network.prompts = nn.Parameter(torch.randn(3, dfer_clip.CONTEXTS, 512))
    return network.eval()


def test_the_params_are_those_of_clip_the_temporal_net_and_the_prompts():
    clip, temperature, prompts = 151_277_313, 1, 7 * 8 * 512
    tokens, norms, attention = 18 * 512, 2 * 2 * 512, 3 * 512 * 512 + 512 * 512 + 512
    mlp = 512 * 1024 + 1024 + 1024 * 512 + 512
    with torch.device("meta"):
        total = sum(p.numel() for p in DFERCLIP(7).parameters())
    assert total == clip - temperature + prompts + tokens + norms + attention + mlp


def test_sixteen_frames_and_seven_sentences_take_the_published_macs():
    counter = FlopCounterMode(display=False)
    with torch.device("meta"), counter:
        DFERCLIP(7).eval()(torch.empty(1, 3, 16, 224, 224))
    assert counter.get_total_flops() / 2 == pytest.approx(92e9, rel=0.01)


def test_logits_are_cosines_divided_by_a_hundredth(network):
    video = torch.rand(2, 3, 2, 4, 4)
    outputs = network.outputs(video)
    seen = network.image_encoder(video.transpose(1, 2).flatten(0, 1)).unflatten(0, (2, 2))
    classes = network.text_encoder(network.prompts)
    expected = torch.cosine_similarity(network.temporal_net(seen)[:, None], classes[None], dim=2)
    torch.testing.assert_close(outputs["logits"], 100 * expected)
    torch.testing.assert_close(outputs["features"].norm(dim=1), torch.ones(2))


def test_the_temporal_net_tells_the_order_of_the_frames(network):
    frames = torch.randn(1, 2, 512)
    there, back = network.temporal_net(frames), network.temporal_net(frames.flip(1))
    assert not torch.allclose(there, back)


def test_learnt_tokens_stand_where_words_of_no_meaning_stood():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        clip = open_clip.CLIP(
            embed_dim=512,
            vision_cfg=open_clip.CLIPVisionCfg(layers=1, width=64, patch_size=32),
            text_cfg=open_clip.CLIPTextCfg(layers=2, width=512, heads=8),
            quick_gelu=True,
        ).eval()
    sentences = ("a dropped jaw", "a wrinkled nose and narrowed eyes")
    tokens = open_clip.tokenize([f"x x x x x x x x {sentence}" for sentence in sentences])
    encoder = dfer_clip.TextEncoder(clip, sentences)
    held = clip.token_embedding(tokens)[:, 1 : 1 + dfer_clip.CONTEXTS]
    with torch.no_grad():
        expected = clip.encode_text(tokens)
        torch.testing.assert_close(encoder(held), expected)
        assert not torch.allclose(encoder(held + 1), expected)


def test_gradients_reach_the_prompts_through_an_encoder_that_stays_as_it_is():
    with torch.device("meta"):
        network = DFERCLIP(3, frames=2)
        network(torch.empty(2, 3, 2, 224, 224)).sum().backward()
    trained = {name for name, p in network.named_parameters() if p.requires_grad}
    assert trained == {name for name, p in network.named_parameters() if p.grad is not None}
    assert {name.split(".")[0] for name in trained} == {"image_encoder", "temporal_net", "prompts"}


def test_seven_classes_have_a_sentence_each_and_six_those_without_neutral():
    seven, six = sentences_of(7), sentences_of(6)
    assert len(set(seven)) == 7
    assert six == seven[:4] + seven[5:]
    assert "still face" in seven[4]


def test_no_sentence_of_ours_is_cut_short():
    tokens = open_clip.tokenize(sentences_of(7))
    assert tokens.argmax(1).max() + dfer_clip.CONTEXTS < tokens.shape[1]


def test_any_other_number_of_classes_is_told_by_the_learnt_tokens_alone():
    assert len(set(sentences_of(4))) == 1


def test_descriptions_of_ones_own_take_the_place_of_ours():
    assert sentences_of(3, descriptions=["a", "b", "c"]) == ["a", "b", "c"]


def test_too_few_descriptions_are_refused():
    with pytest.raises(ValueError, match=r"^there are 2 descriptions; expected 7, one a class\.$"):
        DFERCLIP(7, descriptions=("a smile", "a frown"))


def test_another_number_of_frames_is_refused():
    with torch.device("meta"), pytest.raises(ValueError, match=r"^the video has 8 frames; expec"):
        DFERCLIP(7)(torch.empty(1, 3, 8, 224, 224))


def test_a_released_checkpoint_fills_the_whole_network():
    with torch.device("meta"):
        own = set(DFERCLIP(7).state_dict())
    mapped = weight_keys(released_names())
    assert own - set(mapped.values()) == set()
    assert set(mapped.values()) - own == set()
    assert len(set(mapped.values())) == len(mapped)


def test_clip_fills_both_encoders_and_its_temperature_has_no_place():
    names = clip_names()
    mapped = weight_keys(names)
    with torch.device("meta"):
        own = DFERCLIP(7).state_dict()
    assert set(mapped.values()) == {
        name for name in own if name.startswith(("image_encoder.", "text_encoder."))
    }
    assert set(names) - set(mapped) == {"logit_scale"}
