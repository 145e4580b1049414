// Rewrites to the async twin of a blocking callable, as the tables name it.
#pragma once
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/blocking.h"

namespace awaitd::analysis {

// time.sleep(2) -> await asyncio.sleep(2)
void fix_sleep(const UnitView& view, const BlockingEvent& event, FixList& fixes);
// qs.get(id=1) -> await qs.aget(id=1); authenticate(...) -> await aauthenticate(...)
void fix_renamed_twin(const UnitView& view, const BlockingEvent& event, FixList& fixes);
// for x in qs -> async for x in qs, where the same object can do both.
void fix_async_for(const UnitView& view, const BlockingEvent& event, FixList& fixes);
// A call from the user's own list, with the callable the user gave.
void fix_configured(const UnitView& view, const BlockingEvent& event, FixList& fixes);
// with httpx.Client() as c: ... c.get(u) -> async with httpx.AsyncClient() as c: ... await c.get(u)
void fix_client_block(const UnitView& view, const BlockingEvent& event, FixList& fixes);
// r = httpx.get(u) -> async with httpx.AsyncClient() as client: r = await client.get(u)
void fix_one_off_client(const UnitView& view, const BlockingEvent& event, FixList& fixes);

// The rows of twins.tsv whose library this module has already or would have anyway.
std::vector<const Twin*> usable_twins(const UnitView& view, std::string_view origin);

}  // namespace awaitd::analysis
