#pragma once
#include "casework/events_alarm.h"
#include "casework/events_decision.h"
#include "casework/events_delegation.h"
#include "casework/events_desk.h"
#include "casework/events_erasure.h"
#include "casework/events_identity.h"
#include "casework/events_piece.h"
#include "casework/events_pile.h"
#include "casework/events_proposal.h"
#include "casework/events_report.h"
#include "casework/events_rule.h"
#include "casework/events_told.h"
#include "casework/events_work.h"

/// Every kind of event of the case plane, by noun: header fields only. What people wrote goes into sealed bodies
/// beside it: "p<party>" identity and contact, "r" what the reporter said, "e<ord>" evidence, "f<ord>" facts, "n" a
/// note or message, "blob" a file.
