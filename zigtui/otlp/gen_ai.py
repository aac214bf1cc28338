"""The semantic conventions of OpenTelemetry for generative AI, as far as a log has what they want.

They are in development. These are the names of release 1.41 and of the first release of their own repository. There is
no released name for a cost: ``gen_ai.usage.cost``, in US dollars, is what most backends read.
"""

import math

from zigtui.otlp.numbers import put_number
from zigtui.otlp.span import Attributes
from zigtui.otlp.texts import Texts
from zigtui.reader.session.model.session import StepRun
from zigtui.reader.session.model.usage import Usage

__all__ = ["add_agent", "add_totals", "add_workflow", "is_agent"]

_PROVIDERS = (
    ("anthropic", ("claude", "sonnet", "opus", "haiku")),
    ("openai", ("gpt", "o1", "o3", "o4", "codex", "chatgpt")),
    ("gcp.gemini", ("gemini",)),
    ("mistral_ai", ("mistral", "mixtral", "codestral")),
    ("deepseek", ("deepseek",)),
    ("x_ai", ("grok",)),
)
"""How the names of the models of each provider begin. Logs have the models only."""


def is_agent(step: StepRun) -> bool:
    """Whether a step is known to have used a model."""
    return bool(step.model) or step.usage.input_tokens is not None or step.usage.cost_usd is not None


def add_workflow(attributes: Attributes, name: str, session_id: str) -> None:
    """Add the attributes of a run of a workflow."""
    attributes["gen_ai.operation.name"] = "invoke_workflow"
    attributes["gen_ai.workflow.name"] = attributes["gen_ai.agent.name"] = name
    attributes["gen_ai.conversation.id"] = session_id


def add_agent(attributes: Attributes, step: StepRun, session_id: str, texts: Texts) -> None:
    """Add the attributes of a step that used a model."""
    attributes["gen_ai.operation.name"] = "invoke_agent"
    attributes["gen_ai.agent.name"] = texts.text(step.name)
    attributes["gen_ai.conversation.id"] = texts.text(session_id)
    if step.model:
        texts.put(attributes, "gen_ai.request.model", step.model)
        provider = _provider(step.model)
        if provider is not None:
            attributes["gen_ai.provider.name"] = provider
    _add_usage(attributes, step.usage, "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.cost")


def add_totals(attributes: Attributes, usage: Usage) -> None:
    """Add the sums of a session or a pass. They have other names than those of steps, or both would be added up."""
    _add_usage(attributes, usage, "zig.total.input_tokens", "zig.total.output_tokens", "zig.total.cost_usd")


def _add_usage(attributes: Attributes, usage: Usage, input_name: str, output_name: str, cost_name: str) -> None:
    put_number(attributes, input_name, usage.input_tokens)
    put_number(attributes, output_name, usage.output_tokens)
    cost = None if usage.cost_usd is None else float(usage.cost_usd)
    if cost is not None and math.isfinite(cost):
        attributes[cost_name] = cost


def _provider(model: str) -> str | None:
    name = model.lower().rpartition("/")[2]
    return next((provider for provider, begins in _PROVIDERS if name.startswith(begins)), None)
