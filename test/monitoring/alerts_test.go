package monitoring

import (
	"strings"
	"testing"
)

// story is a history in which an alert fires, or comes close to it and must not.
type story struct {
	alert     string
	fires     string // with this in its labels; empty: it does not
	what      string
	different string // from the healthy system
}

const noLabel = "{"

var stories = []story{
	{"ParleyRoleDown", `role="gateway"`, "both gateways are away", `
		up{~job="gateway",instance="gateway-0"} 1x20 0x130
		up{~job="gateway",instance="gateway-1"} 1x20 0x130`},
	{"ParleyRoleDown", `role="historyworker"`, "the history workers are no longer known", `
		up{~job="historyworker",instance="historyworker-0"} 1x20 stale
		up{~job="historyworker",instance="historyworker-1"} 1x20 stale`},
	{"ParleyRoleDown", "", "one replica is away for long", `
		up{~job="gateway",instance="gateway-0"} 1x20 0x130`},
	{"ParleyRoleDown", "", "the only replicas are started again", `
		up{~job="escalation",instance="escalation-0"} 1x20 0x6 1x130
		up{~job="escalation",instance="escalation-1"} 1x20 0x6 1x130`},
	{"ParleyRoleDown", "", "everything in one process", `
		up{~job="all",instance="all-0"} 1x150
		up{~job="escalation",instance="escalation-0"} 1x20 stale
		up{~job="escalation",instance="escalation-1"} 1x20 stale`},

	{"ParleyRoleDown", `role="web"`, "both web servers are away", `
		up{~job="web",instance="web-0"} 1x20 0x130
		up{~job="web",instance="web-1"} 1x20 0x130`},
	{"ParleyRoleDown", `role="web"`, "the web servers are no longer known", `
		up{~job="web",instance="web-0"} 1x20 stale
		up{~job="web",instance="web-1"} 1x20 stale`},
	{"ParleyRoleDown", "", "gateways serve the pages", `
		up{~job="web",instance="web-0"} _x150
		up{~job="web",instance="web-1"} _x150`},
	{"ParleyWebStray", noLabel, "the proxy sends everything to the web servers", `
		parley_web_answers_total{~job="web",instance="web-0",answer="stray"} 3+15x150`},
	{"ParleyWebStray", "", "somebody tries addresses for a few minutes", `
		parley_web_answers_total{~job="web",instance="web-0",answer="stray"} 3+15x12 183x138`},
	{"ParleyWebFace", noLabel, "GATEWAY_URL leads nowhere", `
		parley_web_face_failures_total{~job="web",instance="web-1"} 2+2x150`},
	{"ParleyWebFace", "", "the gateways are away for six minutes", `
		parley_web_face_failures_total{~job="web",instance="web-1"} 2+2x24 50x126`},

	{"ParleyReplicaDown", `instance="botworker-1"`, "one replica is away for long", `
		up{~job="botworker",instance="botworker-1"} 1x20 0x130`},
	{"ParleyReplicaDown", "", "it is away for four minutes", `
		up{~job="botworker",instance="botworker-1"} 1x20 0x16 1x130`},

	{"ParleyRestarts", `instance="botworker-1"`, "it is started every two minutes", `
		process_start_time_seconds{~job="botworker",instance="botworker-1"} 1000x8 1120x8 1240x8 1360x8 1480x8 1600x130`},
	{"ParleyRestarts", "", "two upgrades in half an hour, at the same address", `
		process_start_time_seconds{~job="botworker",instance="botworker-1"} 1000x20 1300x20 1600x130`},

	{"ParleyNatsDisconnected", `instance="gateway-1"`, "the connection is lost for good", `
		parley_bus_connected{~job="gateway",instance="gateway-1"} 1x20 0x130`},
	{"ParleyNatsDisconnected", `instance="gateway-1"`, "a new process never finds NATS", `
		parley_bus_connected{~job="gateway",instance="gateway-1"} 1x20 stale`},
	{"ParleyNatsDisconnected", "", "NATS is away for a minute", `
		parley_bus_connected{~job="gateway",instance="gateway-1"} 1x20 0x4 1x130`},

	{"ParleyRegionAway", `region="ap"`, "one of two gateways never reaches it again", `
		parley_gateway_region_reached{~job="gateway",instance="gateway-0",region="ap"} 1x150
		parley_gateway_region_reached{~job="gateway",instance="gateway-1",region="ap"} 1x20 0x130`},
	{"ParleyRegionAway", "", "a cut of a minute", `
		parley_gateway_region_reached{~job="gateway",instance="gateway-0",region="ap"} 1x20 0x4 1x130`},

	{"ParleyRegionBehind", `region="ap"`, "it is reached, and nothing of it is merged", `
		parley_gateway_region_reached{~job="gateway",instance="gateway-0",region="ap"} 1x150
		parley_gateway_region_unmerged_seconds{~job="gateway",instance="gateway-0",region="ap"} 0x20 0+15x130`},
	{"ParleyRegionBehind", "", "all is merged a while after a cut", `
		parley_gateway_region_reached{~job="gateway",instance="gateway-0",region="ap"} 1x150
		parley_gateway_region_unmerged_seconds{~job="gateway",instance="gateway-0",region="ap"} 0x20 0+15x18 0x130`},

	{"ParleyRegionCopyOld", `region="ap"`, "it is reached, and nothing of it is copied", `
		parley_gateway_region_reached{~job="gateway",instance="gateway-0",region="ap"} 1x150
		parley_gateway_region_copy_age_seconds{~job="gateway",instance="gateway-0",region="ap"} 5x20 5+15x130`},
	{"ParleyRegionCopyOld", "", "it is copied a while after a cut", `
		parley_gateway_region_reached{~job="gateway",instance="gateway-0",region="ap"} 1x150
		parley_gateway_region_copy_age_seconds{~job="gateway",instance="gateway-0",region="ap"} 5x20 5+15x18 5x130`},

	{"ParleyStreamSilent", noLabel, "a stream has no leader", `
		parley_stream_unanswered{~job="historyworker",instance="historyworker-0",stream="CHAT_1"} _x20 4x130`},
	{"ParleyStreamSilent", "", "a new leader is elected", `
		parley_stream_unanswered{~job="historyworker",instance="historyworker-0",stream="CHAT_1"} _x20 4x2 stale`},

	{"ParleyStreamSilent", "", "NATS is away altogether, which another alert tells", `
		parley_stream_unanswered{~job="historyworker",instance="historyworker-0",stream="CHAT_0"} _x20 4x130
		parley_stream_unanswered{~job="historyworker",instance="historyworker-0",stream="CHAT_1"} _x20 4x130
		parley_stream_unanswered{~job="historyworker",instance="historyworker-1",stream="CHAT_1"} _x20 4x130
		parley_bus_connected{~job="historyworker",instance="historyworker-0"} 1x20 0x130
		parley_bus_connected{~job="historyworker",instance="historyworker-1"} 1x20 0x130`},

	{"ParleyCertificateExpires", noLabel, "two weeks are left", `
		parley_bus_certificate_expiry_timestamp_seconds{~job="gateway",instance="gateway-0"} 1801209600x150`},
	{"ParleyCertificateExpires", noLabel, "one replica still has an old one", `
		parley_bus_certificate_expiry_timestamp_seconds{~job="gateway",instance="gateway-0"} 1801209600x270
		parley_bus_certificate_expiry_timestamp_seconds{~job="gateway",instance="gateway-1"} 1863000000x150`},
	{"ParleyCertificateExpires", "", "a month is left", `
		parley_bus_certificate_expiry_timestamp_seconds{~job="gateway",instance="gateway-0"} 1802592000x150`},
	{"ParleyCertificateExpires", "", "there is no TLS", ""},

	{"ParleyCopiesMissing", `stream="CHAT_1"`, "a node is gone", `
		parley_stream_copies_missing{~job="historyworker",instance="historyworker-0",stream="CHAT_1"} 0x20 1x130`},
	{"ParleyCopiesMissing", "", "three nodes are renewed, for nine minutes in all", `
		parley_stream_copies_missing{~job="historyworker",instance="historyworker-0",stream="CHAT_1"} 0x20 1x36 0x130`},

	{"ParleyAppendsFail", `job="gateway"`, "NATS stores nothing", `
		parley_bus_append_seconds_count{~job="gateway",instance="gateway-0",kind="message"} 0+30x20 600x130
		parley_bus_append_seconds_count{~job="gateway",instance="gateway-1",kind="message"} 0+30x20 600x130
		parley_bus_append_failures_total{~job="gateway",instance="gateway-0",kind="message"} 3x20 4+1x130`},
	{"ParleyAppendsFail", "", "one in a hundred, all the time", `
		parley_bus_append_seconds_count{~job="gateway",instance="gateway-0",kind="message"} 0+100x150
		parley_bus_append_failures_total{~job="gateway",instance="gateway-0",kind="message"} 0+1x150`},
	{"ParleyAppendsFail", "", "for ten seconds everything", `
		parley_bus_append_failures_total{~job="gateway",instance="gateway-0",kind="message"} 3x20 23x130`},

	{"ParleyMessagesWait", `consumer="bot"`, "no bot gets to one stream", `
		parley_consumer_oldest_seconds{~job="historyworker",instance="historyworker-0",consumer="bot",stream="CHAT_1"} 1x20 15+15x130`},
	{"ParleyMessagesWait", "", "a model thinks for a minute and a half", `
		parley_consumer_oldest_seconds{~job="historyworker",instance="historyworker-0",consumer="bot",stream="CHAT_1"} 90x150`},
	{"ParleyMessagesWait", "", "the store is behind, nobody waits", `
		parley_consumer_oldest_seconds{~job="historyworker",instance="historyworker-0",consumer="history",stream="CHAT_1"} 3600x150`},

	{"ParleyLagGrows", `consumer="escalation"`, "more comes than is done", `
		parley_consumer_pending{~job="historyworker",instance="historyworker-0",consumer="escalation",stream="CHAT_0"} 0+50x150`},
	{"ParleyLagGrows", "", "a rush is worked off in four minutes", `
		parley_consumer_pending{~job="historyworker",instance="historyworker-0",consumer="escalation",stream="CHAT_0"} 3x20 5000-300x14 3x130`},
	{"ParleyLagGrows", "", "two replicas tell the same", `
		parley_consumer_pending{~job="historyworker",instance="historyworker-0",consumer="bot",stream="CHAT_0"} 600x150
		parley_consumer_pending{~job="historyworker",instance="historyworker-1",consumer="bot",stream="CHAT_0"} 600x150`},

	{"ParleyHistoryBehind", `consumer="history"`, "the store is too slow", `
		parley_consumer_oldest_seconds{~job="historyworker",instance="historyworker-0",consumer="history",stream="CHAT_0"} 1x20 15+15x130`},
	{"ParleyHistoryBehind", "", "MongoDB elects another primary", `
		parley_consumer_oldest_seconds{~job="historyworker",instance="historyworker-0",consumer="history",stream="CHAT_0"} 1x20 15+15x4 1x130`},

	{"ParleyHistoryNotStored", noLabel, "MongoDB is away", `
		parley_history_put_seconds_count{~job="historyworker",instance="historyworker-0",result="ok"} 0+15x20 300x130
		parley_history_put_seconds_count{~job="historyworker",instance="historyworker-0",result="failed"} 2x20 3+0.4x130`},
	{"ParleyHistoryNotStored", "", "one stream's batch fails, the others are stored", `
		parley_history_put_seconds_count{~job="historyworker",instance="historyworker-0",result="failed"} 2x20 3+0.4x130`},
	{"ParleyHistoryNotStored", "", "MongoDB is away for two minutes, and nothing is said afterwards", `
		parley_history_put_seconds_count{~job="historyworker",instance="historyworker-0",result="ok"} 0+15x20 300x8 301x130
		parley_history_put_seconds_count{~job="historyworker",instance="historyworker-0",result="failed"} 2x20 3+1x8 11x130`},

	{"ParleyFilesMissing", noLabel, "NATS lost a file before it was stored", `
		parley_history_files_missing_total{~job="historyworker",instance="historyworker-0"} 0x150
		parley_history_files_missing_total{~job="historyworker",instance="historyworker-1"} 0x20 1x130`},
	{"ParleyFilesMissing", "", "some were lost long ago, and the worker is restarted", `
		parley_history_files_missing_total{~job="historyworker",instance="historyworker-0"} 3x20 0x130`},

	{"ParleyLagUnknown", noLabel, "history workers wait for their store", strings.NewReplacer("3x150", "3x20 stale", "1x150", "1x20 stale").Replace(lag)},
	{"ParleyLagUnknown", "", "they are started again and take three minutes", strings.NewReplacer("3x150", "3x20 stale _x12 3x130", "1x150", "1x20 stale _x12 1x130").Replace(lag)},

	{"ParleyDeliveriesFail", `consumer="bot"`, "one in five fails", `
		parley_bus_deliveries_total{~job="botworker",instance="botworker-0",consumer="bot",result="failed"} 0+7x150`},
	{"ParleyDeliveriesFail", "", "what is nobody's fault comes later", `
		parley_bus_deliveries_total{~job="botworker",instance="botworker-0",consumer="bot",result="later"} 0+20x150`},
	{"ParleyDeliveriesFail", "", "one message fails to its end", `
		parley_bus_deliveries_total{~job="botworker",instance="botworker-0",consumer="bot",result="failed"} 4x20 8x130
		parley_bus_deliveries_total{~job="botworker",instance="botworker-0",consumer="bot",result="given_up"} 0x20 1x130`},

	{"ParleyRedeliveries", `consumer="bot"`, "nothing is ever finished", `
		parley_bus_deliveries_total{~job="botworker",instance="botworker-0",consumer="bot",result="handled"} 0+30x20 600x130
		parley_bus_redeliveries_total{~job="botworker",instance="botworker-0",consumer="bot"} 4x20 14+10x130`},
	{"ParleyRedeliveries", "", "a bot worker dies with its hands full", `
		parley_bus_redeliveries_total{~job="botworker",instance="botworker-0",consumer="bot"} 4x20 500x130`},

	{"ParleyDeadLetters", noLabel, "one event is given up", `
		parley_dead_letters{~job="historyworker",instance="historyworker-0"} 0x20 1x130`},
	{"ParleyDeadLetters", "", "it is replayed before anybody was told", `
		parley_dead_letters{~job="historyworker",instance="historyworker-0"} 0x20 1x2 0x130`},

	{"ParleyCallsFail", `call="history.page"`, "one page in ten can't be read", `
		parley_bus_call_seconds_count{~job="historyworker",instance="historyworker-0",call="history.page",result="failed"} 0+4x150`},
	{"ParleyCallsFail", "", "agents are told no", `
		parley_bus_call_seconds_count{~job="historyworker",instance="historyworker-0",call="history.page",result="refused"} 0+20x150`},

	{"ParleyVisitorsWait", noLabel, "a visitor waits for seven minutes", `
		parley_escalation_oldest_wait_seconds{~job="escalation",instance="escalation-0"} 40x20 55+15x24 0x130`},
	{"ParleyVisitorsWait", "", "a visitor waits for five minutes", `
		parley_escalation_oldest_wait_seconds{~job="escalation",instance="escalation-0"} 40x20 55+15x17 0x130`},

	{"ParleyNobodyOnline", noLabel, "the last agent goes away", `
		parley_escalation_agents_available{~job="escalation",instance="escalation-0"} 1x20 0x130
		parley_escalation_unserved_chats{~job="escalation",instance="escalation-0"} 0x20 1x130`},
	{"ParleyNobodyOnline", "", "the agent reloads the console", `
		parley_escalation_agents_available{~job="escalation",instance="escalation-0"} 1x20 0x8 1x130
		parley_escalation_unserved_chats{~job="escalation",instance="escalation-0"} 0x20 1x8 0x130`},
	{"ParleyNobodyOnline", "", "it is night and nobody waits", `
		parley_escalation_waiting_chats{~job="escalation",instance="escalation-0"} 0x150
		parley_escalation_agents_available{~job="escalation",instance="escalation-0"} 0x150`},

	{"ParleyFilesRefused", `outcome="unchecked"`, "the scanner is away", `
		parley_gateway_files_total{~job="gateway",instance="gateway-0",outcome="unchecked"} 0x20 2+2x130`},
	{"ParleyFilesRefused", "", "people send what can't be sent", `
		parley_gateway_files_total{~job="gateway",instance="gateway-0",outcome="bad_kind"} 0+10x150`},
	{"ParleyFilesRefused", "", "the scanner is restarted", `
		parley_gateway_files_total{~job="gateway",instance="gateway-0",outcome="unchecked"} 0x20 5x130`},
	{"ParleyLineFull", noLabel, "requests are declined for a while", `
		parley_escalation_changes_total{~job="escalation",instance="escalation-0",reason="line_full"} 0x20 1+2x130`},
	{"ParleyLineFull", "", "an address has all that it may have, and the line has room", `
		parley_escalation_changes_total{~job="escalation",instance="escalation-0",reason="address_full"} 0x20 1+2x130`},

	{"ParleyLineFromOneAddress", noLabel, "one stranger fills the line", `
		parley_escalation_waiting_chats{~job="escalation",instance="escalation-0"} 4x20 24x130
		parley_escalation_waiting_from_one_address{~job="escalation",instance="escalation-0"} 1x20 20x130`},
	{"ParleyLineFromOneAddress", "", "an office asks among many others", `
		parley_escalation_waiting_chats{~job="escalation",instance="escalation-0"} 4x20 41x130
		parley_escalation_waiting_from_one_address{~job="escalation",instance="escalation-0"} 1x20 20x130`},
	{"ParleyLineFromOneAddress", "", "nine colleagues wait, and nobody else", `
		parley_escalation_waiting_chats{~job="escalation",instance="escalation-0"} 9x150
		parley_escalation_waiting_from_one_address{~job="escalation",instance="escalation-0"} 9x150`},

	{"ParleyRepliesSlow", noLabel, "a tenth takes longer than ten seconds", `
		parley_gateway_reply_seconds_bucket{~job="gateway",instance="gateway-0",le="10"} 0+13x150`},
	{"ParleyRepliesSlow", "", "a hundredth does", `
		parley_gateway_reply_seconds_bucket{~job="gateway",instance="gateway-0",le="10"} 0+14.85x150`},
	{"ParleyRepliesSlow", "", "one reply of the night was slow", `
		parley_gateway_reply_seconds_bucket{~job="gateway",instance="gateway-0",le="10"} 0x150
		parley_gateway_reply_seconds_bucket{~job="gateway",instance="gateway-0",le="30"} 0x20 1x130
		parley_gateway_reply_seconds_bucket{~job="gateway",instance="gateway-0",le="+Inf"} 0x20 1x130
		parley_gateway_reply_seconds_count{~job="gateway",instance="gateway-0"} 0x20 1x130`},

	{"ParleyStoringSlow", noLabel, "the disk is slow", `
		parley_gateway_store_seconds_bucket{~job="gateway",instance="gateway-0",le="0.25"} 0+5x150
		parley_gateway_store_seconds_bucket{~job="gateway",instance="gateway-0",le="1"} 0+10x150`},
	{"ParleyStoringSlow", "", "it is slow for a minute", `
		parley_gateway_store_seconds_bucket{~job="gateway",instance="gateway-0",le="1"} 0+15x20 300x4 315+15x130`},

	{"ParleyUnavailable", noLabel, "one frame in ten", `
		parley_gateway_errors_total{~job="gateway",instance="gateway-0",code="unavailable"} 0+6x150`},
	{"ParleyUnavailable", "", "clients send nonsense", `
		parley_gateway_errors_total{~job="gateway",instance="gateway-0",code="bad_frame"} 0+50x150`},
	{"ParleyUnavailable", "", "for ten seconds everything", `
		parley_gateway_errors_total{~job="gateway",instance="gateway-0",code="unavailable"} 3x20 43x130`},

	{"ParleyTurnsAway", `why="backlog"`, "the bot can't keep up", `
		parley_gateway_turned_away_total{~job="gateway",instance="gateway-0",why="backlog"} 2x20 5+5x130`},
	{"ParleyTurnsAway", "", "somebody does not behave", `
		parley_gateway_turned_away_total{~job="gateway",instance="gateway-0",why="refused"} 0+50x150`},
	{"ParleyTurnsAway", "", "all come back at once after a restart", `
		parley_gateway_turned_away_total{~job="gateway",instance="gateway-0",why="busy"} 0x20 400x130`},

	{"ParleyShareUsedUp", `share="bytes-address"`, "a stranger goes on and on", `
		parley_gateway_refused_total{~job="gateway",instance="gateway-0",share="bytes-address"} 2x20 10+8x130`},
	{"ParleyShareUsedUp", "", "clients send frames too fast", `
		parley_gateway_refused_total{~job="gateway",instance="gateway-0",share="frames-connection"} 0+50x150`},
	{"ParleyShareUsedUp", "", "a program tests for two minutes", `
		parley_gateway_refused_total{~job="gateway",instance="gateway-0",share="messages-chat"} 0x20 0+30x8 240x130`},

	{"ParleyTextGrows", noLabel, "much is written from many addresses", `
		parley_gateway_accepted_bytes_total{~job="gateway",instance="gateway-0"} 0+3000x20 60000+3000000x130`},
	{"ParleyTextGrows", "", "a program writes much for four minutes", `
		parley_gateway_accepted_bytes_total{~job="gateway",instance="gateway-0"} 0+3000x20 60000+3000000x16 48060000x114`},

	{"ParleyPasswordsGuessed", noLabel, "guesses that stay below the limits", `
		parley_gateway_sign_ins_total{~job="gateway",instance="gateway-0",outcome="throttled"} 0x20 0+1x130
		parley_gateway_sign_ins_total{~job="gateway",instance="gateway-1",outcome="wrong"} 0x20 0+1x130`},
	{"ParleyPasswordsGuessed", "", "everybody comes on Monday, and some have forgotten theirs", `
		parley_gateway_sign_ins_total{~job="gateway",instance="gateway-0",outcome="ok"} 0x20 0+20x10 200x120
		parley_gateway_sign_ins_total{~job="gateway",instance="gateway-0",outcome="wrong"} 0x20 0+4x10 40x120`},

	{"ParleyModelFails", noLabel, "its key is not taken any more", `
		parley_llm_seconds_count{~job="botworker",instance="botworker-0",result="ok"} 0+15x20 300x130
		parley_llm_seconds_count{~job="botworker",instance="botworker-0",result="failed"} 1x20 16+15x130`},
	{"ParleyModelFails", "", "visitors go before the answer is there", `
		parley_llm_seconds_count{~job="botworker",instance="botworker-0",result="given_up"} 0+15x150`},
	{"ParleyModelFails", "", "the model is away for a minute", `
		parley_llm_seconds_count{~job="botworker",instance="botworker-0",result="failed"} 1x20 16+15x4 80x130`},

	{"ParleyModelCeiling", `what="tokens"`, "tokens go faster than calls", `
		parley_llm_spent_today{~job="botworker",instance="botworker-0",what="calls"} 0+10x150
		parley_llm_spent_today{~job="botworker",instance="botworker-0",what="tokens"} 0+9000x150
		parley_llm_ceiling{~job="botworker",instance="botworker-0",what="calls"} 50000x150
		parley_llm_ceiling{~job="botworker",instance="botworker-0",what="tokens"} 1000000x150`},
	{"ParleyModelCeiling", "", "three quarters of one, and no ceiling for the other", `
		parley_llm_spent_today{~job="botworker",instance="botworker-0",what="calls"} 37500x150
		parley_llm_spent_today{~job="botworker",instance="botworker-0",what="tokens"} 0+9000x150
		parley_llm_ceiling{~job="botworker",instance="botworker-0",what="calls"} 50000x150
		parley_llm_ceiling{~job="botworker",instance="botworker-0",what="tokens"} 0x150`},

	{"ParleyAuditFails", noLabel, "the stream has no leader", `
		parley_audit_lines_total{~job="gateway",instance="gateway-0",result="failed"} 0x20 0+3x130`},
	{"ParleyAuditFails", "", "a leader is elected", `
		parley_audit_lines_total{~job="gateway",instance="gateway-0",result="stored"} 0+9x150
		parley_audit_lines_total{~job="gateway",instance="gateway-0",result="failed"} 0x20 5x130`},

	{"ParleyModelUncounted", noLabel, "the counters are gone", `
		parley_llm_refused_total{~job="botworker",instance="botworker-0",scope="uncounted"} 0x20 0+5x130`},
	{"ParleyModelUncounted", "", "many reach their ceilings, and a leader is elected", `
		parley_llm_refused_total{~job="botworker",instance="botworker-0",scope="address"} 0+9x150
		parley_llm_refused_total{~job="botworker",instance="botworker-0",scope="uncounted"} 0x20 6x130`},

	{"ParleyDiskFull", `instance="all-0"`, "the reserve is touched", `
		parley_disk_full{~job="all",instance="all-0"} 0x20 1x130`},
	{"ParleyDiskFull", "", "for thirty seconds", `
		parley_disk_full{~job="all",instance="all-0"} 0x20 1x2 0x130`},

	{"ParleyDiskLow", `instance="all-0"`, "a gigabyte is left", `
		parley_disk_free_bytes{~job="all",instance="all-0"} 1e9x150
		parley_disk_full{~job="all",instance="all-0"} 0x150`},
	{"ParleyDiskLow", "", "three are left", `
		parley_disk_free_bytes{~job="all",instance="all-0"} 3e9x150
		parley_disk_full{~job="all",instance="all-0"} 0x150`},

	{"ParleyVolumeFull", `persistentvolumeclaim="data-nats-0"`, "a tenth is left", `
		parley_info{namespace="parley",job="gateway",instance="gateway-9",role="gateway",version="0.1.0"} 1x150
		parley_bus_connected{namespace="parley",job="gateway",instance="gateway-9"} 1x150
		kubelet_volume_stats_available_bytes{namespace="parley",persistentvolumeclaim="data-nats-0"} 1e9x150`},
	{"ParleyVolumeFull", "", "the volume is of another NATS", `
		kubelet_volume_stats_available_bytes{namespace="other",persistentvolumeclaim="data-nats-0"} 1e9x150
		kubelet_volume_stats_capacity_bytes{namespace="other",persistentvolumeclaim="data-nats-0"} 1e10x150`},

	{"ParleyVolumeLow", `persistentvolumeclaim="data-mongo-1"`, "a quarter is left", `
		parley_info{namespace="parley",job="gateway",instance="gateway-9",role="gateway",version="0.1.0"} 1x150
		parley_bus_connected{namespace="parley",job="gateway",instance="gateway-9"} 1x150
		kubelet_volume_stats_available_bytes{namespace="parley",persistentvolumeclaim="data-mongo-1"} 5e9x150
		kubelet_volume_stats_capacity_bytes{namespace="parley",persistentvolumeclaim="data-mongo-1"} 2e10x150`},
	{"ParleyVolumeLow", "", "two fifths are left", `
		parley_info{namespace="parley",job="gateway",instance="gateway-9",role="gateway",version="0.1.0"} 1x150
		kubelet_volume_stats_available_bytes{namespace="parley",persistentvolumeclaim="data-mongo-1"} 8e9x150
		kubelet_volume_stats_capacity_bytes{namespace="parley",persistentvolumeclaim="data-mongo-1"} 2e10x150`},
}

func TestAlertsFireWhereTheyShould(t *testing.T) {
	alerts, err := readAlerts(read(t, "k8s/monitoring/rules/parley.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	fires, quiet := map[string]bool{}, map[string]bool{}
	for _, s := range stories {
		fires[s.alert], quiet[s.alert] = fires[s.alert] || s.fires != "", quiet[s.alert] || s.fires == ""
		for name, scrape := range scrapes {
			t.Run(s.alert+"/"+s.what+"/"+name, func(t *testing.T) {
				for _, fault := range s.fault(judge(t, only(alerts, s.alert), tell(t, scrape, s.different), looks)) {
					t.Error(fault)
				}
			})
		}
	}
	for _, g := range alerts {
		for _, r := range g.Rules {
			if !fires[r.Alert] || !quiet[r.Alert] {
				t.Errorf("%s needs a story in which it fires and one in which it does not", r.Alert)
			}
		}
	}
}

// fault compares what fired with what the story wants.
func (s story) fault(fired []firing) (faults []string) {
	matched := false
	for _, f := range fired {
		switch {
		case s.fires == "" || !strings.Contains(f.labels, s.fires):
			faults = append(faults, "it fires for "+f.labels+" after "+f.first.String())
		default:
			matched = true
			for _, text := range f.says {
				if text == "" || strings.Contains(text, "<") || strings.Contains(text, "{{") {
					faults = append(faults, "it says "+text)
				}
			}
		}
	}
	if s.fires != "" && !matched {
		faults = append(faults, "it does not fire with "+s.fires)
	}
	return faults
}
