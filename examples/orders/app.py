"""The HTTP face of the order service."""

import json
import subprocess
from pathlib import Path

import requests
from fastapi import FastAPI, HTTPException, UploadFile

from orders import store
from orders.reports import monthly_report

app = FastAPI()
uploads = Path("/var/lib/orders/uploads")
payments = requests.Session()


@app.post("/orders/{order_id}/pay")
async def pay(order_id: int, amount: float):
    # One slow payment provider, and every other request of this worker waits.
    answer = payments.post(
        "https://payments.example/charge",
        json={"order": order_id, "amount": amount},
        timeout=10,
    )
    if answer.status_code != 200:
        raise HTTPException(502, "the payment provider refused")
    await store.mark_paid(order_id)
    return {"paid": order_id}


@app.post("/orders/{order_id}/invoice")
async def upload_invoice(order_id: int, file: UploadFile):
    target = uploads / f"{order_id}.pdf"
    if target.exists():
        raise HTTPException(409, "there is an invoice already")
    with open(target, "wb") as out:
        out.write(await file.read())
    pages = subprocess.run(["pdfinfo", str(target)], capture_output=True, text=True, check=True)
    return {"size": target.stat().st_size, "info": pages.stdout}


@app.get("/settings")
async def settings():
    return json.loads(Path("settings.json").read_text())


@app.get("/health")
def health():
    # A plain function: FastAPI runs it in a worker thread, where waiting is fine.
    return {"provider": requests.get("https://payments.example/health", timeout=2).ok}


@app.get("/reports/{month}")
async def report(month: str):
    return await monthly_report(month)
