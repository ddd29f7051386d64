#pragma once
#include "casework/notices.h"

/// The kinds of notice, each in its own file. Internal to notices*.cc.
namespace heed::casework {

Result<Parcel> render_order(ledger::View& view, const RenderEnv& env, const NoticeRow& notice);
Result<Parcel> render_alarm(ledger::View& view, const RenderEnv& env, const NoticeRow& notice);

}  // namespace heed::casework
