"""One name for one thing, over all commands; and the names that were."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from calling import textrnn_in
from every_command import every_command, options
from textrnn.cli.parts.old_names import OLD_NAMES
from textrnn.embeddings import Vectors

# Every name of an option by what it is about. Who adds a name looks here first: is there one for
# the same thing already?
NAMES = {
    "files read": """--train --validation --evaluate --unlabelled --lexicon --embeddings --seed-file
        --against --recipe --data""",
    "how they are read": """--input-format --encoding --text-field --label-field --map-label --unit
        --reflow --scheme --whole --pretokenized --limit --time --group --missing --decimal
        --target --feature --source --validation-source --validation-target --source-field
        --target-field --most-ratio --foreign --copies --same --without-same --series""",
    "texts given": "--text --seed --acrostic",
    "files written": "--output --output-folder --out --format --report --plot --folder --safe-csv",
    "models": "--model --models --init-from --name --language --to --precision --dtype --shares",
    "answers": """--num --top-k --abstain --labels --label --min-probability --readings --method
        --samples --near-copies --fail-under --horizon --interval --stride --n-best
        --alignment --exact --fast""",
    "writing": """--length --min-length --temperature --top-p --min-p --repetition-penalty
        --no-repeat-ngram --stop --ban --cache --beam --form --rhyme --script --novelty
        --interactive --length-penalty --length-reward --coverage-penalty""",
    "experiments": "--seeds --trials --minutes --sampler --space --again",
    "the run": """--threads --batch-size --engine --address --random-state --resume --force
        --no-measure --checkpoint-minutes --verbose --quiet --version --help-all""",
    "a service": """--server --host --port --token --cors --workers --max-bytes --max-held-bytes
        --max-texts --max-characters --max-waiting --max-streams --max-connections --waiting-seconds
        --answer-seconds --request-seconds""",
    "a site": "--runtime",
    "tokens": """--level --vocabulary-size --min-frequency --lowercase --no-lowercase --simplify
        --vocabularies""",
    "the network": """--units --embedding-units --cell --layers --bidirectional --unidirectional
        --merge --pooling --attention-units --hidden-units --ngram-widths --ngram-units --bag-ngrams
        --characters --character-units --shape-units --bigrams --decoder --tied --untied
        --backward --fingerprint --no-fingerprint --window --architecture --segment --strategy
        --scaling --normalize --calendar --linear --attention --input-feeding --copying --no-copying
        --decoder-layers --decoder-units""",
    "training": """--epochs --epoch-batches --patience --best-by --learning-rate --schedule
        --optimizer --clip-norm --average --average-epochs --validation-split --folds --max-tokens
        --window-tokens --window-overlap --restart-tokens --candidates --compute --frozen-epochs
        --vectors --language-model --language-model-texts --unlabelled-batch --class-weights --loss
        --quantiles""",
    "what a smaller model keeps": "--vocabulary --prune --bits",
    "the lab": "--cells --tasks --steps --layer",
    "regularisation": """--dropout --embedding-dropout --feature-dropout --layer-dropout
        --recurrent-dropout --weight-dropout --word-dropout --weight-decay --l1 --l2
        --label-smoothing --adversarial --virtual-adversarial --entropy""",
}  # fmt: skip
KNOWN = {name for names in NAMES.values() for name in names.split()}


def test_every_option_has_one_of_the_known_names() -> None:
    used = {
        name: " ".join(path)
        for path, command in every_command()
        for option in options(command)
        for name in (*option.opts, *option.secondary_opts)
        if name.startswith("--")
    }
    unknown = {name: command for name, command in used.items() if name not in KNOWN}
    assert not unknown, "is there a name for the same thing in NAMES? if not, add these"
    assert not KNOWN - used.keys() - {"--version"}
    assert not OLD_NAMES.keys() & KNOWN - {"--out", "--report", "--n-best"}


def test_a_name_takes_the_same_kind_of_value_in_every_command() -> None:
    kinds: dict[str, set[tuple[bool, bool]]] = defaultdict(set)
    for _, command in every_command():
        for option in options(command):
            kinds[option.opts[-1]].add((option.is_flag, option.multiple))
    assert {name for name, found in kinds.items() if len(found) > 1} == set()


def test_out_is_a_model_or_a_site_and_output_a_file_of_results() -> None:
    models, results = set(), set()
    for path, command in every_command():
        for option in options(command):
            if option.name == "out":
                models.add(path[0])
            if option.name == "output":
                results.add(path[0])
    assert models == {"train", "models", "export", "compare", "compress", "cross-validate", "tune"}
    assert results == {
        "classify",
        "cross-validate",
        "tag",
        "explain",
        "generate",
        "embeddings",
        "forecast",
        "translate",
    }


@pytest.mark.parametrize("old", OLD_NAMES)
def test_old_names_go_on_working(old: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("text,body,kind\n,a lovely song,positive\n", "utf-8")
    (tmp_path / "v.txt").write_text("a 1 0\nb 1 1\nc 0 1\n", "utf-8")
    (tmp_path / "w.txt").write_text("Ab cd Ab cd\n" * 20, "utf-8")
    call = {
        "--cased": ("embeddings train w.txt --units 2 --epochs 1 --force --output w", "--cased"),
        "--count": ("embeddings neighbors v.txt a", "--count=1"),
        "--label-column": ("corpora stats t.csv --text-field body", "--label-column=kind"),
        "--n-best": ("tag --text Lund", "--n-best=2"),
        "--out": ("embeddings train w.txt --units 2 --epochs 1 --force", "--out=w"),
        "--report": ("generate It --length 2 --random-state 1", "--report"),
        "--text-column": ("classify t.csv", "--text-column=body"),
    }
    words, option = call[old][0].split(), call[old][1]
    new = OLD_NAMES[old]
    today = textrnn_in(tmp_path, *words, option.replace(old, new))
    answer = textrnn_in(tmp_path, *words, option)
    assert (answer.returncode, answer.stdout) == (0, today.stdout)
    note = f"textrnn: note: {old} is called {new} now\n"
    assert note in answer.stderr
    assert note not in today.stderr
    quiet = textrnn_in(tmp_path, *words, option, "-q")
    assert quiet.returncode == 0
    assert note not in quiet.stderr


def test_old_keywords_go_on_working() -> None:
    vectors = Vectors(["a", "b", "c"], [[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    with pytest.warns(DeprecationWarning, match="count is called num now"):
        found = vectors.neighbors("a", count=1)  # type: ignore[call-arg]
    assert found == vectors.neighbors("a", num=1)
