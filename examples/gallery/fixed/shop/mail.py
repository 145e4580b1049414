"""Mail to customers, through the mail service's HTTP interface."""

import httpx


async def send_receipt(address: str, sku: str) -> None:
    async with httpx.AsyncClient(timeout=10) as client:
        await client.post("https://mail.example/receipts", json={"to": address, "sku": sku})
