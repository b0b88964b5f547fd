"""The table: each fault, what is required, and how it is tried."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from faulty import Found, Sizes

Trial = Callable[[Path, Sizes], Found]


@dataclass(frozen=True)
class Row:
    """tests: pytest's nodes; tries: what is tried besides; tools: programs that this needs.

    alike: whether the long form tries it as often as the short one.
    """

    fault: str
    required: str
    tests: tuple[str, ...] = ()
    tries: Trial | None = None
    tools: tuple[str, ...] = ()
    alike: bool = False

    @property
    def by(self) -> str:
        """What its figures come from: files of tests, and the trial that is no test."""
        files = dict.fromkeys(node.partition("::")[0] for node in self.tests)
        return ", ".join([*(["itself"] if self.tries else []), *(f"`{file}`" for file in files)])

    @property
    def sized(self) -> bool:
        return self.tries is not None and not self.alike


def _nodes(file: str, *names: str) -> tuple[str, ...]:
    return tuple(f"tests/{file}::test_{name}" for name in names)


def _of_training(name: str) -> Trial:
    """A trial of `faulty.training`, on the one whole run that all of them share."""

    def tries(folder: Path, sizes: Sizes) -> Found:
        from faulty import training

        return getattr(training, name)(_trained(folder), sizes)

    return tries


@cache
def _trained(folder: Path):
    from faulty import training

    (folder / "training").mkdir()
    return training.Trained(folder / "training")


def _of_app(name: str) -> Trial:
    """A trial of `faulty.server` on an app of its own."""

    def tries(folder: Path, sizes: Sizes) -> Found:
        from faulty import server

        place = folder / name
        with server.app(place) as (address, process):
            if name == "paths":
                return server.paths(address, place, sizes)
            return getattr(server, name)(address, process, sizes)

    return tries


def _graders(folder: Path, sizes: Sizes) -> Found:
    from faulty import server

    return server.grader_kills(sizes)


CHECKPOINT, RESUME, STORE = "base/test_checkpoint.py", "train/test_resume.py", "app/test_grade_store.py"
ODD, PAINTER = "app/test_app_odd.py", "draw/test_painter.py"
ROWS = (
    Row("kill -9 in training, within a save, 25 times in one run",
        "weights, average, optimiser and logs as uninterrupted, bit for bit", tries=_of_training("kills")),
    Row("full disk at a write", "old state whole, temporary gone, path told, exit 74",
        _nodes(CHECKPOINT, "a_full_disk_leaves_the_old_file_and_nothing_else",
               "a_full_disk_stops_a_run_with_its_last_state_intact")),
    Row("cut or flipped state or generator", "refused by hash; the state before it used and that said",
        _nodes(CHECKPOINT, "a_damaged_state_falls_back_to_the_one_before_and_says_so"), _of_training("files")),
    Row("cut or flipped data cache", "never used; made anew", (), _of_training("cache")),
    Row("manifest of a cache edited or without its hash", "refused, made anew",
        _nodes("data/test_cache_integrity.py", "an_edited_manifest_is_refused", "a_manifest_that_is_none_is_refused")),
    Row("other architecture, other tags, newer format, other file", "one sentence, exit 2",
        _nodes(CHECKPOINT, "another_architecture_is_one_sentence", "a_newer_format_is_named",
               "other_files_are_refused_in_a_sentence")
        + _nodes(PAINTER, "weights_that_do_not_fit_their_config_are_one_sentence")),
    Row("hostile pickle as a checkpoint", "no code runs", _nodes(CHECKPOINT, "no_code_in_a_checkpoint_runs")),
    Row("picture bombs, huge packed files, huge networks by name", "refused before they are decoded or made",
        _nodes("data/test_data.py", "decompression_bombs_are_refused")
        + _nodes(PAINTER, "a_small_file_that_claims_huge_networks_costs_neither_time_nor_memory")
        + _nodes("app/test_grade_uploads.py", "no_more_is_unpacked_than_all_samples_together_may_be")),
    Row("SIGTERM, SIGINT, a second one", "saved, exit 143 or 130; the second ends at once",
        _nodes(RESUME, "a_signal_ends_a_run_at_once_with_everything_saved",
               "a_second_signal_does_not_wait_for_the_step")),
    Row("NaN in D or G", "nothing contaminated saved; step and last good state named; exit 3",
        _nodes(RESUME, "a_diverged_run_names_step_scores_and_last_good_state_and_saves_nothing_more")),
    Row("several builders of one cache, one killed", "one result, nothing left",
        _nodes("data/test_data.py", "builders_at_the_same_time_and_a_killed_one",
               "leftovers_of_killed_builders_are_swept_after_a_day")),
    Row("bad pictures and rows", "passed over with the reason, counted, listed",
        _nodes("data/test_data.py", "bad_rows_and_pictures_are_listed",
               "over_five_percent_bad_is_an_error_with_the_count")),
    Row("damaged metadata of pictures", "never cost a picture, nor pass for one",
        _nodes("data/test_one_decoder.py", "what_is_only_metadata_never_costs_a_picture",
               "damaged_pixels_are_still_found")),
    Row("any text, any file of texts", "a condition, or an error with file and line",
        _nodes("data/test_tags.py", "any_text_is_a_condition_or_a_clean_error", "any_file_is_lines_or_problems")),
    Row("a folder that cannot be written", "refused before the first step",
        _nodes(RESUME, "a_folder_that_cannot_be_made_is_refused_before_the_first_step")),
    Row("clock three days back, ten years on", "training unaffected", (), _of_training("clock"), ("faketime",),
        alike=True),
    Row("W&B dies, hangs, is absent", "training goes on, one warning",
        _nodes("train/test_wandb.py", "a_service_that_dies_costs_one_warning",
               "a_run_ends_as_ever_when_wandb_cannot_start",
               "a_hanging_wandb_delays_no_tick_and_the_end_only_a_little")),
    Row("graders at once, the server killed", "every confirmed score there, once", (), _graders),
    Row("a score sent again", "changes nothing", _nodes(STORE, "a_retry_changes_nothing_and_another_score_is_refused")),
    Row("3,000 drawings", "memory grows by less than 1 MB a hundred", (), _of_app("level")),
    Row("visitors who never come back", "memory grows by less than 1 MB a hundred", (), _of_app("left"), alike=True),
    Row("path tricks over every route", "no file but the app's own", (), _of_app("paths")),
    Row("a taken port, a second app on the same scores", "told",
        _nodes("app/test_app_server.py", "a_taken_port_is_said_at_once")
        + _nodes(STORE, "a_second_app_on_the_same_scores_is_refused")),
    Row("a damaged file of scores", "kept aside, newest backup put back",
        _nodes(STORE, "a_damaged_file_is_kept_aside_and_the_newest_backup_put_back", "a_truncated_file_is_noticed",
               "one_changed_bit_in_a_row_is_noticed_and_the_rows_after_the_backup_are_saved")),
    Row("odd values at any function of the app", "400 or a sentence; nobody else waits",
        _nodes(ODD, "odd_values_are_refused_in_words", "json_that_hurts_is_refused",
               "others_are_answered_while_odd_values_come")),
    Row("names, seeds and counts without an end", "refused in words",
        _nodes("app/test_app_server.py", "bad_calls_are_refused_in_words",
               "a_seed_between_two_numbers_keeps_nobody_waiting")),
    Row("fuzzing of all functions", "no failure, no growth, the app answers afterwards", (), _of_app("fuzz")),
    Row("a body of 45 MB", "413 before it is parsed",
        _nodes("app/test_app_server.py", "a_body_that_is_too_large_is_refused_unread", "uploads_are_small")),
    Row("dropped pictures without end", "a quota for each visitor and for all",
        _nodes("app/test_app_guard.py", "each_visitor_and_all_together_drop_only_so_much",
               "what_was_dropped_is_gone_soon_also_from_the_disk")),
    Row("markup in a link or a dropped picture", "text; outside loads forbidden",
        _nodes("app/test_app_browser.py", "markup_in_a_link_or_a_dropped_picture_is_shown_as_text")
        + _nodes("app/test_app_guard.py", "every_answer_says_what_a_browser_may_do")),
    Row("a plain reverse proxy in front", "a token, never the address",
        _nodes("app/test_app_proxy.py", "behind_a_plain_proxy_nobody_reads_scores_without_the_token")),
    Row("a damaged line in a run's logs", "named, kept aside, the run goes on",
        _nodes("train/test_logs.py", "a_damaged_line_is_told_with_its_place_and_left_out",
               "a_run_with_a_damaged_line_goes_on")),
    Row("a config edited between stop and resume", "said where it may change, else refused",
        _nodes("train/test_going_on.py", "an_edited_config_is_noticed")),
    Row("absurd sizes", "refused by arithmetic",
        _nodes("commands/test_limits.py", "a_huge_number_is_refused_with_its_name",
               "sizes_that_fit_only_alone_are_refused")),
)  # fmt: skip
