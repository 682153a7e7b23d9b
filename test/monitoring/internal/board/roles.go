package board

import (
	"strings"

	"github.com/parley-chat/parley/pkg/roles"
)

// ofRoles selects what Prometheus reads of any role, or of all roles in one process.
var ofRoles = func() string {
	var names []string
	for _, r := range roles.Every() {
		names = append(names, r.Name)
	}
	return `{job=~"` + strings.Join(names, "|") + `|all"}`
}()

func overview() board {
	return board{"overview", "Parley", "A whole installation: who is connected, what flows, what waits, what is wrong.", []row{
		{"Now", []panel{
			number("Visitors", count, "Visitors who are connected.", `sum (parley_gateway_connections{kind="visitor"})`),
			number("Agents", count, "Agents who can be given chats.", `max (parley_escalation_agents_available)`),
			number("Free places", count, "How many more chats those agents may have.", `max (parley_escalation_places_free)`),
			number("In the queue", count, "Visitors who wait for a person.", `max (parley_escalation_waiting_chats)`),
			number("First in the queue", seconds, "How long the visitor who waits longest for a person has waited.", `max (parley_escalation_oldest_wait_seconds)`).from(300),
			number("With a person", count, "Chats that are with an agent.", `max (parley_escalation_live_chats)`),
			number("Oldest message", seconds, "Age of the oldest message that the bot has not dealt with.", `max (parley_consumer_oldest_seconds{consumer="bot"})`).from(30),
			number("Dead letters", count, "Events that a worker gave up on; see parley dead list.", `max (parley_dead_letters)`).from(1),
			number("NATS' certificate", seconds, "How long the certificate of NATS, or the one that vouches for it, is still valid; empty without TLS.", "min (parley_bus_certificate_expiry_timestamp_seconds) - time()"),
			number("Replicas", count, "Replicas of all roles that Prometheus reaches.", "sum (up"+ofRoles+")"),
		}},
		{"What is wrong", []panel{
			panel{kind: "table", title: "Alerts", unit: count, about: "Alerts that fire now; empty when all is well.", queries: []query{{`ALERTS{alertname=~"Parley.*",alertstate="firing"}`, ""}}}.across(),
		}},
		{"Visitors", []panel{
			lines("Messages", perSecond, "What visitors sent and was accepted, and what the bot replied.",
				query{rate("parley_gateway_accepted_total", ""), "accepted"}, query{rate("parley_bot_replies_total", "kind"), "{{kind}}"}),
			lines("Time to accept", seconds, "From a visitor's message to its acknowledgment.", times("parley_gateway_store_seconds", "")...),
			lines("Time to reply", seconds, "From a visitor's message to the bot's reply.", times("parley_gateway_reply_seconds", "")...),
			lines("Connections", count, "Open WebSockets of all gateways.", query{"sum by (kind) (parley_gateway_connections)", "{{kind}}"}),
			lines("Errors sent to clients", perSecond, "Frames that were answered with an error, by code.", query{rate("parley_gateway_errors_total", "code"), "{{code}}"}),
			lines("Refused", perSecond, "Connections and messages that were refused for lack of capacity, by reason.", query{rate("parley_gateway_turned_away_total", "why"), "{{why}}"}),
		}},
		{"Work", []panel{
			lines("Waiting", count, "Events that wait for a worker, by durable consumer.", query{"sum by (consumer) (max by (consumer, stream) (parley_consumer_pending))", "{{consumer}}"}),
			lines("Oldest", seconds, "Age of the oldest event that is not dealt with.", query{"max by (consumer) (parley_consumer_oldest_seconds)", "{{consumer}}"}),
			lines("Faults", perSecond, "Failures caused by a worker itself, or by what it depends on.",
				query{rate(`parley_bus_deliveries_total{result=~"failed|given_up"}`, "consumer"), "deliveries of {{consumer}}"},
				query{rate("parley_bus_append_failures_total", "job"), "writes of {{job}}"},
				query{rate(`parley_bus_call_seconds_count{result="failed"}`, "call"), "calls of {{call}}"},
				query{rate(`parley_history_put_seconds_count{result="failed"}`, ""), "writes to the store"}),
		}},
		{"Machines", []panel{
			lines("Replicas", count, "Replicas that Prometheus reaches, by role.", query{"sum by (job) (up" + ofRoles + ")", "{{job}}"}),
			lines("Processor", count, "Processors that a role keeps busy.", query{rate("process_cpu_seconds_total"+ofRoles, "job"), "{{job}}"}),
			lines("Memory", size, "Memory that a role holds.", query{"sum by (job) (process_resident_memory_bytes" + ofRoles + ")", "{{job}}"}),
			lines("Streams", size, "What the streams hold, of one copy.", query{"max by (stream) (parley_stream_bytes)", "{{stream}}"}),
			lines("Missing copies", count, "Copies of streams that are down or behind.", query{"max by (stream) (parley_stream_copies_missing)", "{{stream}}"}),
			lines("Room on the disk", size, "Room on the disk of DATA_DIR (everything in one process), and on the volumes of NATS and MongoDB (Kubernetes).",
				query{"parley_disk_free_bytes", "{{instance}}"},
				query{`kubelet_volume_stats_available_bytes{persistentvolumeclaim=~"data-(nats|mongo)-[0-9]+"}`, "{{persistentvolumeclaim}}"}),
		}},
	}}
}

func gateway() board {
	return board{"gateway", "Parley: gateway", "The front: sockets, frames, and how long visitors wait.", []row{
		{"Visitors and agents", []panel{
			lines("Connections", count, "Open WebSockets, by kind and gateway.", query{"sum by (kind, instance) (parley_gateway_connections)", "{{kind}} {{instance}}"}),
			lines("Frames in", perSecond, "Frames that clients sent, by kind.", query{rate("parley_gateway_frames_total", "kind"), "{{kind}}"}),
			lines("Frames out", perSecond, "Frames that were written to clients, by gateway.", query{rate("parley_gateway_frames_written_total", "instance"), "{{instance}}"}),
			lines("Accepted", perSecond, "Messages and requests of visitors that were stored and acknowledged, by gateway.", query{rate("parley_gateway_accepted_total", "instance"), "{{instance}}"}),
			lines("Time to accept", seconds, "From a visitor's message to its acknowledgment.", times("parley_gateway_store_seconds", "")...),
			lines("Time to reply", seconds, "From a visitor's message to the bot's reply, at the gateway that took the message.", times("parley_gateway_reply_seconds", "")...),
		}},
		{"Too much", []panel{
			lines("Errors sent to clients", perSecond, "Frames that were answered with an error, by code.", query{rate("parley_gateway_errors_total", "code"), "{{code}}"}),
			lines("Refused", perSecond, "Connections and frames that were refused for lack of capacity, by reason.", query{rate("parley_gateway_turned_away_total", "why"), "{{why}}"}),
			lines("Shares used up", perSecond, "Frames and connections that were refused or dropped because somebody used up a share, by the share.", query{rate("parley_gateway_refused_total", "share"), "{{share}}"}),
			lines("Text accepted in an hour", size, "Text in the messages and requests of visitors that were stored within the hour before, by gateway.", query{"sum by (instance) (increase(parley_gateway_accepted_bytes_total[1h]))", "{{instance}}"}),
			lines("Blocked", perSecond, "Requests that were refused for what a proxy, or a page of another site, made of them, by cause.", query{rate("parley_gateway_blocked_total", "cause"), "{{cause}}"}),
			lines("The bot's backlog", count, "Messages that wait for the bot to think about them, as each gateway saw last; those that it is thinking about are not counted.", query{"parley_gateway_bot_backlog", "{{instance}}"}),
			lines("Open questions", count, "Messages to the bot that were accepted and are not answered yet, by the gateway that accepted them.", query{"parley_gateway_open_questions", "{{instance}}"}),
			lines("Visitors not kept", perSecond, "Visitors who came or went and what their page said of itself was not kept, since too many waited to be. Agents read what it said before, or nothing.", query{rate("parley_gateway_about_dropped_total", "instance"), "{{instance}}"}),
			lines("Too slow", perSecond, "Clients that were disconnected because they read too slowly; they reconnect and read on.", query{rate("parley_gateway_slow_total", "instance"), "{{instance}}"}),
			lines("Sign-ins", perSecond, "Agents' sign-in attempts, by outcome, and those who signed out.",
				query{rate("parley_gateway_sign_ins_total", "outcome"), "{{outcome}}"}, query{rate("parley_gateway_sign_outs_total", ""), "signed out"}),
			lines("Audit log", perSecond, "Lines of the audit log, by result; what those were about that failed was refused.", query{rate("parley_audit_lines_total", "result"), "{{result}}"}),
			lines("Files", perSecond, "Requests about files, by outcome: stored, again for one that was sent before, or why it was refused.", query{rate("parley_gateway_files_total", "outcome"), "{{outcome}}"}),
			lines("Bytes of files", sizeRate, "Bytes of files that were taken in and given out, a second.", query{rate("parley_gateway_file_bytes_total", "way"), "{{way}}"}),
			lines("Files on their way", count, "Files that are being sent, by gateway.", query{"sum by (instance) (parley_gateway_uploads)", "{{instance}}"}),
			lines("Small pictures", perSecond, "Pictures that were sent, by whether a small one was made of each.", query{rate("parley_gateway_thumbnails_total", "made"), "{{made}}"}),
			lines("Regions", count, "Gateways that reach the other region, by region; empty where there is one only.", query{"sum by (region) (parley_gateway_region_reached)", "{{region}}"}),
			lines("Distance of regions", seconds, "Round trip to the other region's NATS; empty where there is one only.", query{"max by (region) (parley_gateway_region_round_trip_seconds)", "{{region}}"}),
			lines("Not merged", seconds, "For how long accounts and settings of the other region have not been merged here.", query{"max by (region) (parley_gateway_region_unmerged_seconds)", "{{region}}"}),
			lines("Age of copies", seconds, "How old the copy of the other region's chats is; empty where none is kept.", query{"max by (region) (parley_gateway_region_copy_age_seconds)", "{{region}}"}),
			lines("Gaps", perSecond, "Gaps in the live feed that were read again from the stream.", query{rate("parley_gateway_gaps_total", "instance"), "{{instance}}"}),
			lines("Open files", count, "Each socket is one; the limit is the system's.", query{`process_open_fds{job=~"gateway|all"}`, "{{instance}}"}, query{`process_max_fds{job=~"gateway|all"}`, "limit of {{instance}}"}),
		}},
		writes("message|ask", ""),
		process("gateway"),
	}}
}

func botworker() board {
	return board{"botworker", "Parley: bot worker", "A message in, one reply out.", []row{
		{"Replies", []panel{
			lines("Replies", perSecond, "Replies that were stored, by what they do: an answer, handing over to a person, or an apology.", query{rate("parley_bot_replies_total", "kind"), "{{kind}}"}),
			lines("Time to think", seconds, "How long the bot thinks of a reply.", times("parley_bot_think_seconds", "")...),
			lines("Thinking", count, "Replies that are being thought of, by replica, and how many all replicas together can think of.", query{"parley_bot_thinking", "{{instance}}"}, query{"max(parley_gateway_bot_places)", "places"}),
			lines("Failed to think", perSecond, "Replies that the bot failed to think of.", query{rate(`parley_bot_think_seconds_count{result="failed"}`, ""), "failed"}),
			lines("Pages", count, "Pages that the bot answers from, and their passages, by replica: all replicas should have the same.", query{"parley_bot_pages", "{{instance}} pages"}, query{"parley_bot_passages", "{{instance}} passages"}),
			lines("Age of the pages", seconds, "How long ago the pages were read that the bot answers from.", query{"time() - parley_bot_pages_read_timestamp_seconds", "{{instance}}"}),
			lines("Pages refused", count, "Whether the folder has changed since and can't be used as it is now; the log says why.", query{"parley_bot_pages_refused", "{{instance}}"}),
		}},
		{"The language model", []panel{
			lines("Answers", perSecond, "Answers of the model, by result; empty if the bot answers from pages only.", query{rate("parley_llm_seconds_count", "result"), "{{result}}"}),
			lines("Time of an answer", seconds, "How long an answer takes, with all attempts.", times("parley_llm_seconds", "")...),
			lines("First word", seconds, "How long an attempt takes until its first word.", times("parley_llm_first_word_seconds", "")...),
			lines("Attempts", perSecond, "Attempts at an answer, by result.", query{rate("parley_llm_attempts_total", "result"), "{{result}}"}),
			lines("Tokens", perSecond, "Tokens a second, as the endpoint counts them.", query{rate("parley_llm_tokens_total", "kind"), "{{kind}}"}),
			lines("Used today", share, "Share of the calls and of the tokens that all visitors together may have in a day; empty without a ceiling.",
				query{"max by (what) (parley_llm_spent_today) / (max by (what) (parley_llm_ceiling) > 0)", "{{what}}"}),
			lines("Quoted instead", perSecond, "Questions that were answered from the pages because of a ceiling, by whose it was; uncounted: the counters did not answer.",
				query{rate("parley_llm_refused_total", "scope"), "{{scope}}"}),
			lines("In place of the model", perSecond, "Answers that the bot gave in place of the model, by why: failed, paused (it failed several times in a row, and is not asked), filtered, empty.",
				query{rate("parley_llm_replaced_total", "why"), "{{why}}"}),
			lines("Left alone", count, "Replicas that do not ask the model, because it failed several times in a row.", query{"sum(parley_llm_paused)", "replicas"}),
		}},
		work("bot"),
		writes("reply", "reply"),
		process("botworker"),
	}}
}

func escalation() board {
	return board{"escalation", "Parley: escalation", "The line, people, timers.", []row{
		{"The line", []panel{
			lines("Chats", count, "Chats that wait for a person or are with one. All replicas report the same, so the largest counts.",
				query{"max (parley_escalation_waiting_chats)", "wait"}, query{"max (parley_escalation_waiting_from_one_address)", "of these, from one address"}, query{"max (parley_escalation_unserved_chats)", "of these, for nobody who is available"}, query{"max (parley_escalation_live_chats)", "with a person"}, query{"max (parley_escalation_missed_chats)", "missed"}),
			lines("First in the queue", seconds, "How long the visitor who waits longest has waited.", query{"max (parley_escalation_oldest_wait_seconds)", "first in the queue"}),
			lines("Agents", count, "Agents with a console open: those who can be given chats, and those who want none.",
				query{"max (parley_escalation_agents_online)", "online"}, query{"max (parley_escalation_agents_available)", "available"}, query{"max (parley_escalation_agents_away)", "away"}),
			lines("Places", count, "How many chats agents have, and how many more those who are available may have.",
				query{"max (parley_escalation_places_taken)", "taken"}, query{"max (parley_escalation_places_free)", "free"}),
			lines("Waiting by team", count, "Chats that wait for a person, by team; without a name: those of no team.", query{"max by (team) (parley_escalation_team_waiting_chats)", "{{team}}"}),
			lines("Agents by team", count, "Agents who can be given the chats of a team, and how many more they may have; one agent may be in several.",
				query{"max by (team) (parley_escalation_team_agents_available)", "{{team}}"}, query{"max by (team) (parley_escalation_team_places_free)", "free places: {{team}}"}),
			lines("Changes", perSecond, "Changes of chats, by reason.", query{rate("parley_escalation_changes_total", "reason"), "{{reason}}"}),
			lines("Nobody came", share, "Share of those who asked for a person and got none within WAIT_LIMIT, over an hour.",
				query{`sum (increase(parley_escalation_changes_total{reason="nobody_came"}[1h])) / sum (increase(parley_escalation_changes_total{reason=~"escalated|bot_gave_up"}[1h]))`, "nobody came"}),
			lines("Ratings", count, "What visitors rated over the last day, of 5: visits in which a person had the chat, and those with the bot alone.",
				query{`sum by (of) (increase(parley_escalation_rating_points_total[1d])) / sum by (of) (increase(parley_escalation_ratings_total[1d]))`, "{{of}}"}),
			lines("Timers", count, "Timers that are due and wait for a worker.",
				query{`max (parley_consumer_pending{consumer="escalation",stream="TIMERS"})`, "wait"}, query{`max (parley_consumer_unacked{consumer="escalation",stream="TIMERS"})`, "with a worker"}),
		}},
		calls("escalation"),
		work("escalation"),
		writes("state|say|note|card", "state|say|card"),
		process("escalation"),
	}}
}

func historyworker() board {
	return board{"historyworker", "Parley: history worker", "From the streams to the store, and pages back.", []row{
		{"The store", []panel{
			lines("Stored", perSecond, "Events that the store accepted.", query{rate("parley_history_events_total", ""), "events"}),
			lines("Time of a batch", seconds, "How long the store takes for a batch; 95 of 100 are faster.", slowest("parley_history_put_seconds", "", "result")),
			lines("Events in a batch", count, "Larger batches mean that more waits.",
				query{"sum (rate(parley_history_batch_events_sum[$__rate_interval])) / sum (rate(parley_history_batch_events_count[$__rate_interval]))", "on average"}, quantile(0.95, "parley_history_batch_events", "", "95 % have at most")),
			lines("Failed", perSecond, "Batches that the store did not accept; they are tried again.", query{rate(`parley_history_put_seconds_count{result="failed"}`, ""), "failed"}),
			lines("Removed from the streams", perSecond, "Events that were older than RETENTION and in the store.", query{rate("parley_history_purged_total", ""), "events"}),
			lines("Dead letters", count, "What workers of any role gave up on and nobody has dealt with.", query{"max (parley_dead_letters)", "dead letters"}),
		}},
		{"Files", []panel{
			lines("Files brought", perSecond, "Files, and small pictures, that came from NATS into the file store.", query{rate("parley_history_files_total", ""), "files"}),
			lines("Bytes brought", sizeRate, "Bytes of these, in a second.", query{rate("parley_history_file_bytes_total", ""), "bytes"}),
			lines("Lost, or never named", count, "Files that a message names and that are nowhere, which should be none; and what was removed from NATS because no message named it.",
				query{"sum (increase(parley_history_files_missing_total[1h]))", "missing"}, query{"sum by (what) (increase(parley_history_files_swept_total[1h]))", "{{what}}"}),
		}},
		{"Streams", []panel{
			lines("Messages", count, "Messages in each stream.", query{"max by (stream) (parley_stream_messages)", "{{stream}}"}),
			lines("Size", size, "Size of each stream, of one copy.", query{"max by (stream) (parley_stream_bytes)", "{{stream}}"}),
			lines("Not well", count, "Copies that are down or behind, and requests that NATS did not answer.",
				query{"max by (stream) (parley_stream_copies_missing)", "copies of {{stream}}"}, query{"max by (stream) (parley_stream_unanswered)", "silent: {{stream}}"}),
		}},
		calls("history"),
		work("history"),
		process("historyworker"),
	}}
}

func web() board {
	return board{"web", "Parley: web", "The pages and the widget, where gateways don't serve them.", []row{
		{"Pages", []panel{
			lines("Answers", perSecond, "Requests for pages and files, by the answer; unchanged: the browser has it already.", query{rate("parley_web_answers_total", "answer"), "{{answer}}"}),
			lines("Answers by replica", perSecond, "Requests for pages and files.", query{rate("parley_web_answers_total", "instance"), "{{instance}}"}),
			lines("For a gateway", perSecond, "Requests that the proxy should have sent to a gateway.", query{rate(`parley_web_answers_total{answer="stray"}`, ""), "stray"}),
			lines("Turned away", perSecond, "Connections that were closed because there were too many.", query{rate("parley_web_turned_away_total", "reason"), "{{reason}}"}),
			lines("Face unknown", perSecond, "Questions to a gateway, how the chat looks, that were not answered.", query{rate("parley_web_face_failures_total", "instance"), "{{instance}}"}),
		}},
		process("web"),
	}}
}
