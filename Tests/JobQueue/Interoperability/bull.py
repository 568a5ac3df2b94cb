"""Plays the other side with Bull's own Python client (bullmq on PyPI).

bull.py PORT QUEUE add COUNT      adds jobs, prints their ids
bull.py PORT QUEUE work COUNT     works off COUNT jobs, prints of each [id, name, data, attempts made]
bull.py PORT QUEUE read ID        prints a job's fields as this client reads them
bull.py PORT QUEUE listen EVENT   prints ready, then the first such event
One line of JSON each.
"""

import asyncio
import json
import sys

from bullmq import Queue, QueueEvents, Worker
from redis.asyncio import Redis


def say(what):
    print(json.dumps(what), flush=True)


async def add(queue, options, count):
    client = Queue(queue, options)
    retried = {"attempts": 3, "backoff": {"type": "exponential", "delay": 50}, "removeOnFail": {"count": 10}}
    jobs = [await client.add("greet", {"number": n, "text": "é\n"}, retried) for n in range(int(count))]
    say([job.id for job in jobs])
    await client.close()


async def work(queue, options, count):
    seen, enough = [], asyncio.Event()

    async def process(job, token):
        if job.data.get("fail") and job.attemptsMade == 0:
            raise ValueError("not at first")
        seen.append([job.id, job.name, job.data, job.attemptsMade])
        return {"by": "bull"}

    worker = Worker(queue, process, options)
    worker.on("completed", lambda *_: len(seen) >= int(count) and enough.set())
    await asyncio.wait_for(enough.wait(), 20)
    await worker.close()
    say(seen)


async def read(queue, options, job_id):
    from bullmq import Job

    client = Queue(queue, options)
    job = await Job.fromId(client, job_id)
    counts = await client.getJobCounts("completed", "failed", "delayed", "waiting", "active")
    say({
        "name": job.name, "data": job.data, "attempts": job.opts["attempts"], "attemptsMade": job.attemptsMade,
        "attemptsStarted": job.attemptsStarted, "returnvalue": job.returnvalue, "failedReason": job.failedReason,
        "stacktrace": job.stacktrace, "state": await client.getJobState(job_id), "counts": counts,
    })
    await client.close()


async def blocked(connection):
    """Waits until a client stands in a blocking read of a stream."""
    server = Redis(**connection)
    async with asyncio.timeout(30):
        while not any(client["cmd"] == "xread" and "b" in client["flags"] for client in await server.client_list()):
            await asyncio.sleep(0.01)
    await server.aclose()


async def listen(queue, options, event):
    events, heard = QueueEvents(queue, options), asyncio.Event()

    def hear(args, *_):
        if not heard.is_set():
            say(args)
            heard.set()

    events.on(event, hear)
    await asyncio.wait_for(blocked(options["connection"]), 20)
    say("ready")
    await asyncio.wait_for(heard.wait(), 20)
    await events.close()


port, queue, what, argument = sys.argv[1:]
options = {"connection": {"host": "127.0.0.1", "port": int(port)}}
asyncio.run({"add": add, "work": work, "read": read, "listen": listen}[what](queue, options, argument))
