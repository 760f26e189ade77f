"""Kernels for chapters: forked from one warm process, or plain ones where that cannot be.

A plain kernel takes half a second to start and as long again to import pandas and Altair; a forked one has them.
Both run `inside.py`, in the same environment, and give the same results. No kernel outlives the press: the warm
process sees its channel close, a plain kernel's guard sees its parent change, and both end the kernels with all
that the cells started.
"""
import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from .warm import END, INSIDE, START, environment

MOST = 2_000_000  # characters that a cell may print; ten times as many in charts and tables
LINE = 200  # characters that a printed line counts for at least: lines are slow to set


class Client(NotebookClient):
    """A client that counts what a cell gives, and ends the kernel when it is more than a page can take."""
    folder, idle, given, reason = None, False, 0, ""  # idle: its cells have run, so that it can shut down by itself

    def process_message(self, msg, cell, cell_index):
        content = msg["content"]
        if msg["msg_type"] == "execute_input":
            self.given = 0
        texts = [content.get("text", ""), *(content.get("data") or {}).values()]
        printed = msg["msg_type"] == "stream"
        self.given += sum(max(len(text), LINE * text.count("\n")) if printed else len(text) / 10 for text in texts
                          if isinstance(text, str))
        if self.given > MOST:
            self.end(f"a cell gives more than {MOST:,} characters or {MOST // LINE:,} lines of print, "
                     "or ten times as much to show")
            if msg["msg_type"] != "status":
                return None
        if content.get("data"):  # the format of notebooks has a place for objects only where a type says JSON
            content["data"] = {kind: value if isinstance(value, (str, list)) or kind.endswith(("/json", "+json"))
                               else json.dumps(value, sort_keys=True) for kind, value in content["data"].items()}
        return super().process_message(msg, cell, cell_index)

    def end(self, reason):
        """End the kernel, and remember why."""
        process = self.km.provisioner.process
        if not self.reason and process:
            self.reason = reason
            process.kill() if isinstance(process, ForkedProcess) else process.terminate()


class Kernels:
    """The kernels of one run: forked from `warm`, or plain ones if there is none. `folder` is for their sockets."""

    def __init__(self, book, folder, warm, report):
        self.book, self.folder, self.warm, self.report = book, folder, warm, report
        self.fork, self.count = warm is not None, 0

    def plain(self, reason):
        """From now on, start plain kernels; say so once."""
        if self.fork:
            self.report(f"no kernel can be forked ({reason}); starting plain ones")
        self.fork = False

    async def start(self, cwd):
        """A NotebookClient with a new kernel of its own that runs in the folder `cwd`."""
        self.count += 1
        folder = self.folder / str(self.count)
        folder.mkdir(mode=0o700)
        forked = self.fork
        try:
            manager = await self.launch(folder, cwd, forked)
        except (OSError, asyncio.TimeoutError) as error:
            if not forked:
                raise
            self.plain(error)
            manager = await self.launch(folder, cwd, False)
        client = Client(nbformat.v4.new_notebook(), km=manager)
        client.folder = folder
        try:
            await connect(client)
        except BaseException:
            await asyncio.shield(self.close(client))
            raise
        return client

    async def close(self, client):
        """End a kernel with all that its cells started; remove its folder."""
        manager, now = client.km, asyncio.get_running_loop().time
        try:
            if client.idle and await manager.is_alive():
                end, again = now() + END, now()
                while await manager.is_alive() and now() < end:
                    if now() >= again:  # of some thirty kernels, one does not hear the first request
                        await manager.request_shutdown()
                        again = now() + 1
                    await asyncio.sleep(0.01)
            if await manager.is_alive() and not isinstance(manager.provisioner, ForkProvisioner):
                manager.provisioner.process.terminate()  # the guard ends all that the kernel started
                end = now() + END
                while await manager.is_alive() and now() < end:
                    await asyncio.sleep(0.01)
            if await manager.is_alive():
                await manager.provisioner.kill()
                await manager.provisioner.wait()
        finally:
            if manager.provisioner.pgid and hasattr(os, "killpg"):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(manager.provisioner.pgid, 9)
            if client.kc is not None:
                client.kc.stop_channels()
            await manager.cleanup_resources()
            shutil.rmtree(client.folder, ignore_errors=True)

    async def last_words(self, client):
        """How a kernel ended that should not have: its exit code or signal, and the end of its log."""
        code = await client.km.provisioner.poll()
        how = f"signal {signal.Signals(-code).name}" if code and code < 0 else f"exit code {code}"
        return f"the kernel ended ({how})" + log_end(client.folder)

    async def launch(self, folder, cwd, forked):
        names = {f"{channel}_port": n for n, channel in enumerate(("shell", "iopub", "stdin", "hb", "control"), 1)}
        channels = dict(transport="ipc", **names) if sys.platform != "win32" else {}
        manager = AsyncKernelManager(connection_file=str(folder / "kernel.json"), kernel_spec_manager=Specs(),
                                     **channels)
        manager.kernel_spec.argv[:] = [sys.executable, INSIDE, "plain", str(folder), str(self.book)]
        if forked:
            manager.provisioner = ForkProvisioner(kernel_spec=manager.kernel_spec, parent=manager)
            manager.provisioner.warm = self.warm
            manager.provisioner.request = {"folder": str(folder), "book": str(self.book), "cwd": str(cwd)}
        env = environment() | {"IPYTHONDIR": str(folder / "ipython")}
        await manager.start_kernel(cwd=str(cwd), env=env)
        return manager


class Specs(KernelSpecManager):
    """The one kind of kernel there is, whether or not a kernel spec is installed."""

    def get_kernel_spec(self, kernel_name):
        return KernelSpec(argv=[], display_name="Python 3", language="python")


async def connect(client):
    """Open the client's channels and wait until the kernel answers on both."""
    manager, kernel = client.km, client.km.client()
    client.kc = kernel
    deadline = asyncio.get_running_loop().time() + START
    if manager.transport == "ipc":  # a socket that is not there yet would cost a reconnection
        last = Path(f"{manager.ip}-{manager.hb_port}")
        while not last.exists():
            await check_start(client, deadline)
            await asyncio.sleep(0.005)
    kernel.start_channels(hb=False)
    kernel.allow_stdin = False
    answered = heard = False
    asked = set()  # a slow kernel answers an earlier question while a later one is asked
    while not (answered and heard):
        asked.add(kernel.kernel_info())
        with contextlib.suppress(Exception):
            reply = await kernel.shell_channel.get_msg(timeout=1)
            answered = answered or reply["parent_header"].get("msg_id") in asked
        with contextlib.suppress(Exception):
            while not heard:
                message = await kernel.iopub_channel.get_msg(timeout=0.2)
                heard = message["parent_header"].get("msg_id") in asked
        await check_start(client, deadline)


async def check_start(client, deadline):
    if not await client.km.is_alive():
        raise DeadKernelError("The kernel ended before it answered." + log_end(client.folder))
    if asyncio.get_running_loop().time() > deadline:
        raise DeadKernelError(f"The kernel did not answer in {START} seconds." + log_end(client.folder))


def log_end(folder):
    """The end of a kernel's log, for an error."""
    try:
        text = (folder / "log").read_text("utf-8", "replace").strip()
    except OSError:
        text = ""
    return "\n" + text[-2000:] if text else ""


class ForkedProcess:
    """A forked kernel as jupyter_client sees a process: the part of `subprocess.Popen` that it uses."""
    stdin = stdout = stderr = None

    def __init__(self, pid, warm):
        self.pid, self.warm = pid, warm

    def poll(self):
        return self.warm.codes.get(self.pid, -9 if self.warm.dead else None)

    def wait(self, timeout=None):
        return self.poll()

    def send_signal(self, number):
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self):
        self.send_signal(15)

    def kill(self):
        self.send_signal(9)


class ForkProvisioner(LocalProvisioner):
    """Starts a kernel by a request to the warm process."""
    warm = request = None

    async def launch_kernel(self, cmd, **kwargs):
        self.pid = self.pgid = await self.warm.fork(**self.request)
        self.process = ForkedProcess(self.pid, self.warm)
        return self.connection_info
