"""Where a run happens: device, precision, memory format and processes, decided in one place.

Lightning Fabric launches processes and finds accelerators. One process on a CPU needs neither, and importing it took
longer than all else of a short command, so there it is left alone. Gradients are averaged here by hand, once an
update: a DDP wrapper breaks on lazy penalties, which leave parts of D without gradients.
"""

import contextlib
import ctypes
import math
import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.distributed_c10d import PrefixStore
from torch.distributed.rendezvous import rendezvous

from workbench.base.errors import BadInput
from workbench.base.processes import restarted

if TYPE_CHECKING:
    from lightning_fabric import Fabric


class Devices:
    """One process's view of the hardware.

    accelerator: "auto", "cpu" or "cuda"; count: processes on this machine (what torchrun has launched goes before it);
    precision: "32-true", "bf16-mixed"
    (weights, losses and optimisers stay in float32) or "auto", whichever of the two is faster here.
    """

    def __init__(self, precision: str = "32-true", accelerator: str = "auto", count: int = 1) -> None:
        if accelerator == "cuda" and torch.cuda.device_count() < count:
            raise BadInput(
                f"{count} GPU(s) are asked for, and torch finds {torch.cuda.device_count()} here; take "
                "--accelerator cpu, or the GPU build of torch (TORCH=cuda bash run.sh)"
            )
        nodes = 1
        if launched := by_torchrun():
            count, nodes = launched
        if precision == "auto":
            precision = "bf16-mixed" if has_bf16(accelerator) else "32-true"
        self.precision = precision
        self.fabric = (
            None if _alone(accelerator, count * nodes) else _launched(precision, accelerator, count, nodes)
        )
        if self.device.type == "cpu":
            keep_freed_memory()

    @property
    def device(self) -> torch.device:
        """Where this process computes."""
        return self.fabric.device if self.fabric else torch.device("cpu")

    @property
    def apart(self) -> bool:
        """Whether it computes beside this processor, which then asks for numbers as seldom as it can."""
        return self.device.type not in ("cpu", "meta")

    def keeps(self, size: int) -> bool:
        """Whether data of so many bytes stay on the device for the whole run: up to half of what is free there."""
        if self.device.type == "cuda":
            return size <= torch.cuda.mem_get_info(self.device)[0] // 2
        return self.apart

    @property
    def rank(self) -> int:
        """This process's number; 0 is the one that writes."""
        return self.fabric.global_rank if self.fabric else 0

    @property
    def world(self) -> int:
        """How many processes there are."""
        return self.fabric.world_size if self.fabric else 1

    def own(self, whole: int) -> slice:
        """This process's rows of a batch of `whole` rows."""
        part = whole // self.world
        return slice(self.rank * part, (self.rank + 1) * part)

    def place(self, module: nn.Module) -> nn.Module:
        """Onto the device, convolutions in channels_last."""
        for tensor in (*module.to(self.device).parameters(), *module.buffers()):
            if tensor.dim() == 4:  # Module.to would refuse those of three-dimensional ones
                tensor.data = tensor.data.to(memory_format=torch.channels_last)
        return module

    def put(self, tensor: Tensor) -> Tensor:
        """A tensor onto the device; pictures in channels_last."""
        if tensor.dim() == 4:
            return tensor.to(self.device, memory_format=torch.channels_last)
        return tensor.to(self.device)

    def building(self) -> contextlib.AbstractContextManager[None]:
        """Around whatever builds networks."""
        return contextlib.nullcontext()

    @contextlib.contextmanager
    def autocast(self) -> Iterator[None]:
        """The chosen precision for what runs inside."""
        mixed = torch.autocast("cpu", torch.bfloat16, enabled=self.precision == "bf16-mixed")
        with self.fabric.autocast() if self.fabric else mixed:
            yield

    def barrier(self) -> None:
        """Wait until all processes have come so far."""
        if self.fabric:
            self.fabric.barrier()

    def average(self, parameters: Iterable[nn.Parameter]) -> None:
        """Replace gradients by their mean over all processes (one message; absent ones count as zero)."""
        if self.world == 1:
            return
        parameters = list(parameters)
        grads = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
        flat = torch.cat([grad.reshape(-1) for grad in grads])
        dist.all_reduce(flat)
        for p, part in zip(
            parameters, flat.div_(self.world).split([p.numel() for p in parameters]), strict=True
        ):
            p.grad = torch.empty_like(p).copy_(part.view_as(p))  # fused Adam needs p's own memory format

    def mean(self, numbers: Tensor) -> Tensor:
        """The mean over all processes."""
        if self.world > 1:
            numbers = numbers.clone()
            dist.all_reduce(numbers)
            numbers /= self.world
        return numbers

    def share(self, value: Any) -> Any:
        """Process 0's value, in every process."""
        return self.fabric.broadcast(value) if self.fabric and self.world > 1 else value

    def any(self, flag: bool) -> bool:
        """Whether the flag is set in any process (so that all stop at the same step)."""
        if self.world == 1:
            return flag
        return bool(self.mean(torch.tensor([float(flag)], device=self.device)).item() > 0)


class Weightless(Devices):
    """For networks of shapes without numbers (torch's "meta" device): nothing is allocated, nothing can be computed.

    Arguments as of Devices; real: where it would be computed.
    """

    def __init__(self, precision: str = "32-true", accelerator: str = "auto", count: int = 1) -> None:
        self.real, self.fabric = Devices(precision, accelerator), None
        self.precision, self._processes = self.real.precision, math.prod(by_torchrun() or (count, 1))

    @property
    def rank(self) -> int:
        return 0

    @property
    def world(self) -> int:
        return self._processes

    @property
    def device(self) -> torch.device:
        return torch.device("meta")

    @contextlib.contextmanager
    def building(self) -> Iterator[None]:
        with torch.device("meta"), warnings.catch_warnings():
            warnings.filterwarnings(
                "ignore", "for .*: copying from a non-meta"
            )  # the weights of a frozen judge
            yield


def by_torchrun() -> tuple[int, int] | None:
    """(processes on this machine, machines) where torchrun has launched this process, else None."""
    if not dist.is_torchelastic_launched():
        return None
    here = int(os.environ["LOCAL_WORLD_SIZE"])
    return here, int(os.environ["WORLD_SIZE"]) // here


def _alone(accelerator: str, count: int) -> bool:
    """Whether this one process is all there is, on the CPU."""
    return count == 1 and (
        accelerator == "cpu" or (accelerator == "auto" and not torch.accelerator.is_available())
    )


def _launched(precision: Any, accelerator: str, count: int, nodes: int) -> "Fabric":
    from lightning_fabric import Fabric

    strategy = "ddp" if count * nodes > 1 else "auto"
    if strategy == "ddp" and restarted():
        _meet_anew()
    fabric = Fabric(
        accelerator=accelerator, devices=count, num_nodes=nodes, strategy=strategy, precision=precision
    )
    fabric.launch()
    return fabric


def _meet_anew() -> None:
    """Join the other processes that torchrun has started again, where what the ended ones left cannot be read.

    torchrun keeps one store over all attempts, and a process that is quicker than process 0 finds there the address of
    the process 0 that is no more, and waits for it in vain. Fabric takes a group that is there already.
    """
    store, rank, world = next(rendezvous("env://"))
    attempt = PrefixStore(f"attempt {os.environ['TORCHELASTIC_RESTART_COUNT']}", store)
    dist.init_process_group(store=attempt, rank=rank, world_size=world)


def has_bf16(accelerator: str = "auto") -> bool:
    """Whether this machine computes in bfloat16 itself.

    Where it does not, bfloat16 is imitated: on a CPU with AVX2 alone one convolution ran at a tenth of the speed of
    float32, a matrix product at a hundred-and-seventieth.
    """
    if accelerator != "cpu" and torch.cuda.is_available():
        return torch.cuda.is_bf16_supported(including_emulation=False)
    abilities = torch.cpu.get_capabilities()
    return any(present for name, present in abilities.items() if "bf16" in name)


def keep_freed_memory() -> None:
    """Let this process keep the memory that it frees instead of handing it back to the system.

    A training step frees and takes the same large maps over and over; by default glibc returns each to the
    kernel, and fetching its pages anew cost 10 to 30% of a step. Elsewhere than on glibc nothing happens.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(-3, 1 << 30)  # M_MMAP_THRESHOLD: no mapping of its own for anything below 1 GiB
        mallopt(-1, 2**31 - 1)  # M_TRIM_THRESHOLD: nothing is given back
