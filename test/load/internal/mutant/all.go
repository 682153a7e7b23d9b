package mutant

// The promises, as docs/architecture.md numbers them.
const (
	durable  = "1: accepted is durable"
	once     = "2: once"
	inOrder  = "3: in order, no gap, no repeat"
	answered = "4: one answer"
	oneVoice = "5: one voice"
	complete = "6: history is complete"
	// shared is what docs/fair-share.md promises beside these.
	shared = "fair shares"
	// noted is what docs/audit.md promises.
	noted = "audit"
)

// All lists the mutants.
func All() []Mutant {
	return []Mutant{
		{
			Name: "expected-sequence", Promise: answered + "; " + oneVoice,
			Removes: "who speaks for the system appends whatever others wrote since it looked",
			Edits: []Edit{{
				"pkg/bus/append.go", `a.expectLast(after(a.moves, e.Chat, outSubjects(e.Chat)), expect)`, ``,
			}},
		},
		{
			Name: "audit-guard", Promise: noted,
			Removes: "lines of the audit log are appended whatever others wrote since the end was seen",
			Needs:   "agents at several gateways at once",
			Edits:   []Edit{{"pkg/bus/audit.go", `p.expectLast(auditLines, at.seq)`, ``}},
		},
		{
			Name: "audit-look", Promise: noted,
			Removes: "a chat is opened without a line of the audit log",
			Edits:   []Edit{{"gateway/agent.go", `if err := s.looked(ctx, audit.LookChat, id, ""); err != nil {`, `if err := ctx.Err(); err != nil {`}},
		},
		{
			Name: "message-id", Promise: once,
			Removes: "what is sent again is stored again, unless it says that it is",
			Needs:   "clients that send again without saying so, or answers of NATS that are lost on their way to a gateway",
			Args:    []string{"-harm", "kill-node,stop-node,cut,freeze,kill", "-length", "60s"},
			Edits:   []Edit{{"pkg/bus/append.go", `if e.ID != "" {`, `if false {`}},
		},
		{
			Name: "leader-read", Promise: answered,
			Removes: "the bot believes the gateway's hint also where it says to stay silent",
			Needs:   "words that the gateway takes before it has heard what the bot said or a person did last, and none after them",
			Args:    []string{"-harm", "delay", "-persons", ".3"},
			Edits: []Edit{
				{"pkg/bus/append_guarded.go", `if no != nil && !fromLeader && ctx.Err() == nil {`, `if false && !fromLeader {`},
				{"pkg/bus/append_guarded.go", `if no != nil && snap.Out < seq && `, `if no != nil && fromLeader && snap.Out < seq && `},
			},
		},
		{
			Name: "checked-hint", Promise: answered + "; " + oneVoice,
			Removes: "the stream does not check which event of the visitor's a hint says came before, and the bot believes it",
			Needs:   "words in one tab and a request for a person in another, at another gateway whose live copies come late",
			Args:    []string{"-harm", "delay", "-persons", ".5", "-length", "90s"},
			Edits:   []Edit{{"pkg/bus/append_expect.go", `a.expectLast(on, last)`, `a.set("Nats-Unchecked", strconv.FormatUint(last, 10))`}, {"pkg/bus/append_expect.go", `header.Get(jetstream.ExpectedLastSubjSeqHeader)`, `header.Get("Nats-Unchecked")`}},
		},
		{
			Name: "page-tail", Promise: complete,
			Removes: "a page shows what is in the store, without the stream's tail",
			Needs:   "a store that is away",
			Args:    []string{"-harm", "kill,store-away"},
			Edits:   []Edit{{"historyworker/service.go", `if above(req, floor) { // otherwise the store has it all`, `if false {`}},
		},
		{
			Name: "store-before-ack", Promise: complete,
			Removes: "the history worker acknowledges events before they are in the store",
			Needs:   "a store that is away",
			Args:    []string{"-harm", "kill,store-away"},
			Edits:   []Edit{{"pkg/bus/consume_batch.go", `events[i] = r.event`, "events[i] = r.event\n_ = r.Ack()"}},
		},
		{
			Name: "file-before-ticket", Promise: durable,
			Removes: "the gateway gives a ticket for a file that is stored two seconds later",
			Needs:   "messages with files",
			Args:    []string{"-files", ".3"},
			Edits: []Edit{
				{"pkg/bus/files_put.go", `stored, err := f.describe(ctx, *o, 0)`, `stored, err := Stored{}, error(nil)`},
				{"pkg/bus/files.go", `_, err := f.describe(ctx, o, o.seq)`, "var err error\ntime.AfterFunc(2*time.Second, func() { _, _ = f.describe(context.WithoutCancel(ctx), o, o.seq) })"},
			},
		},
		{
			Name: "copy-before-delete", Promise: complete,
			Removes: "the history worker deletes files from NATS before it has copied them",
			Needs:   "messages with files",
			Args:    []string{"-files", ".3"},
			Edits:   []Edit{{"historyworker/put.go", `if err := w.files.bring(ctx, list); err != nil {`, `if err := w.files.drop(ctx, list); err != nil {`}},
		},
		{
			Name: "stream-before-ack", Promise: durable,
			Removes: "the gateway acknowledges a message before the stream has it, with a sequence that it makes up",
			Edits: []Edit{
				{"gateway/visitor.go", `err = home.AppendInAsync(`, "s.sock.Send(frame.EncodeAck(e.ID, hint.Out+1))\nerr = home.AppendInAsync("},
				{"gateway/visitor.go", `s.sock.Send(frame.EncodeAck(id, seq))`, ``},
			},
		},
		{
			Name: "reread", Promise: inOrder,
			Removes: "gaps in the live feed are passed over, and nothing is read again after a reconnect to NATS",
			Needs:   "a NATS server, or a gateway's way to it, that fails",
			Args:    []string{"-harm", "kill-node,stop-node,cut,freeze,kill", "-length", "60s"},
			Edits: []Edit{
				{"gateway/live/channel.go", `case c.warm && (before > c.last || c.misses(e)):`, `case false:`},
				{"pkg/bus/feed.go", `f.conn.onTrouble(f.lostAll,`, `f.conn.onTrouble(func() {},`},
			},
		},
		{
			Name: "resend-lookup", Promise: once,
			Removes: "the gateway does not look for what a client sends again",
			Needs:   "a client that sends again after more than ten minutes: until then the stream knows the id by itself",
			Args:    []string{"-harm", "none", "-length", "14m", "-visitors", "40", "-rate", "10", "-sleepers", ".3"},
			Edits:   []Edit{{"gateway/visitor.go", `if again {`, `if false {`}},
		},
		{
			Name: "sender-order", Promise: inOrder,
			Removes: "a frame that is refused for now keeps no place before those behind it",
			Needs:   "visitors who are refused now and then, and write on",
			Args:    []string{"-harm", "none", "-most", "1"},
			Edits:   []Edit{{"gateway/admission/admitted.go", `v.order.holds(e.ID, time.Now()); wait > 0 {`, `v.order.holds(e.ID, time.Now()); false && wait > 0 {`}},
		},
		{
			Name: "wake-on-return", Promise: answered,
			Removes: "the bot does not look at what nobody answered when a chat comes back to it",
			Needs:   "a message that is stored in the moment in which a chat is handed back, and none after it",
			Args:    []string{"-harm", "delay", "-persons", ".5", "-length", "90s"},
			Edits:   []Edit{{"botworker/worker.go", `case e.Kind == chat.StateChange && !e.State.BotSpeaks():`, `case e.Kind == chat.StateChange:`}},
		},
		{
			Name: "handled-before-ack", Promise: answered,
			Removes: "the bot worker acknowledges a delivery before it has handled it",
			Needs:   "bot workers that are killed while they think",
			Args:    []string{"-harm", "kill", "-every", "1s", "-think", "300ms"},
			Edits: []Edit{{
				"pkg/bus/consume_settle.go", `alone := q.nothingBehind(h)`, "if q.role == \"bot\" {\n_ = h.Ack()\n}\nalone := q.nothingBehind(h)",
			}},
		},
		{
			Name: "bot-silence", Promise: oneVoice,
			Removes: "the bot speaks whatever the status of the chat",
			Edits:   []Edit{{"pkg/chat/state.go", `return (s.Is() == WithBot || s.Is() == Closed) && !s.Handover`, `return true`}},
		},
		{
			Name: "agent-check", Promise: oneVoice,
			Removes: "any agent speaks in, hands back and closes a chat that is with an agent",
			Edits:   []Edit{{"pkg/chat/state.go", `if s.Agent.User != by.User {`, `if false {`}},
		},
		{
			Name: "take-check", Promise: oneVoice,
			Removes: "a chat that is with an agent is given to another who takes it",
			Edits: []Edit{
				{"pkg/chat/state.go", "case is == Live:", "case false:"},
				{"pkg/chat/state.go", "case step.Reason != SteppedIn && is != Waiting:", "case step.Reason != SteppedIn && is != Waiting && is != Live:"},
			},
		},
		{
			Name: "reservation", Promise: oneVoice,
			Removes: "chats are given to an agent without reserving a place",
			Needs:   "more who ask for a person than the agents have places, and several escalation workers",
			Args:    []string{"-persons", ".6", "-agents", "3", "-escalations", "3"},
			Edits:   []Edit{{"escalation/change.go", `return e, w.reserve(ctx, *to, id, s)`, `return e, nil`}},
		},
		{
			Name: "team-check", Promise: oneVoice,
			Removes: "chats go to whoever is there, whatever team they are for",
			Needs:   "agents of several teams",
			Args:    []string{"-persons", ".5"},
			Edits:   []Edit{{"pkg/teams/serving.go", `return s.everybody || s.own.Has(user) || s.standIn.Has(user)`, `return true`}},
		},
		{
			Name: "missed-kept", Promise: answered,
			Removes: "the bot's words end it that an agent owes an answer to who left an address",
			Edits:   []Edit{{"pkg/chat/state.go", `next.Handover = step.Handover`, "next.Handover = step.Handover\nnext.dealtWith()"}},
		},
		{
			Name: "name-kept", Promise: answered,
			Removes: "a name that was given in the chat outlasts what is still written under the one before",
			Edits:   []Edit{{"pkg/chat/state.go", `if step.Visitor != "" && (!s.Named || step.Kind == StateChange && step.Reason == NameGiven) {`, `if step.Visitor != "" {`}},
		},
		{
			Name: "pass-on-owner", Promise: oneVoice,
			Removes: "an agent passes on a chat that another one has",
			Edits:   []Edit{{"pkg/chat/state.go", `if err := s.heldBy(step.By); err != nil {`, `if err := s.heldBy(step.By); err != nil && s.Is() != Live {`}},
		},
		{
			Name: "snooze-wakes", Promise: answered,
			Removes: "the bot is silent in a chat that was snoozed, and wakes nobody",
			Needs:   "visitors who write to somebody who snoozed their chat, and a while in which nothing else ends that",
			Args:    []string{"-harm", "none", "-persons", ".6", "-length", "90s"},
			Edits:   []Edit{{"botworker/worker.go", `if s.State.Asleep() && cause.Seq > s.State.Snooze.Through {`, `if false {`}},
		},
		{
			Name: "snooze-once", Promise: oneVoice,
			Removes: "what wakes a chat wakes it whether or not it sleeps",
			Needs:   "visitors who write several messages to somebody who snoozed their chat",
			Args:    []string{"-harm", "delay", "-persons", ".6"},
			Edits: []Edit{
				{"botworker/worker.go", `if s.State.Asleep() && cause.Seq`, `if s.State.Snooze != nil && cause.Seq`},
				{"escalation/snooze.go", `if !v.State.Asleep() {`, `if v.State.Snooze == nil {`},
				{"pkg/chat/snooze.go", `if !s.Asleep() {`, `if s.Snooze == nil {`},
			},
		},
		{
			Name: "mention-told", Promise: answered,
			Removes: "a note is acknowledged, and nobody is told whom it mentions",
			Args:    []string{"-harm", "none", "-persons", ".6"},
			Edits:   []Edit{{"gateway/agent_handlers.go", `calls(roles.DeskNote, (*agentSession).mention)`, `calls(roles.DeskNote)`}},
		},
		{
			Name: "seen-guard", Promise: answered,
			Removes: "an agent's words are said whatever they had not seen when they wrote them",
			Args:    []string{"-harm", "none", "-persons", ".6"},
			Edits:   []Edit{{"escalation/service.go", `err = w.seen(ctx, req)`, `_ = w.seen`}},
		},
		{
			Name: "signed-wins", Promise: oneVoice,
			Removes: "an agent replaces on a card what the site vouches for, and the mark stays",
			Needs:   "a site that says who its visitors are",
			Args:    []string{"-harm", "none", "-persons", ".6", "-signed"},
			Edits: []Edit{
				{"pkg/chat/card.go", `case known && next.Attributes[at].By == SignedBySite && a.By != SignedBySite:`, `case false:`},
				{"pkg/chat/card.go", `			next.Attributes[at] = a`, `			next.Attributes[at].Value = a.Value`},
			},
		},
		{
			Name: "rating-stored", Promise: answered + "; " + durable,
			Removes: "a rating is acknowledged before the stream has it, and what is written after it may come first",
			Args:    []string{"-harm", "none"},
			Edits: []Edit{{"gateway/visitor_send.go", "import (\n", "import (\n\t\"time\"\n"}, {"gateway/visitor_send.go", `e.Score, e.Text = f.Score, f.Text`,
				"e.Score, e.Text = f.Score, f.Text\ns.sock.Send(frame.EncodeAck(e.ID, s.shown.Hint().Out+1))\ntime.AfterFunc(300*time.Millisecond, func() { _ = s.store(context.WithoutCancel(ctx), e, f.Again) })\nreturn nil"}},
		},
		{
			Name: "visit-raised", Promise: oneVoice,
			Removes: "a chat that opens again goes on with the visit that was over",
			Edits:   []Edit{{"pkg/chat/state.go", "s.Visit++", ""}},
		},
		{
			Name: "card-guard", Promise: once,
			Removes: "who changes a card appends whatever others made of it since it was read",
			Edits: []Edit{{
				"pkg/bus/card.go", `a.set(jetstream.ExpectedLastSubjSeqHeader, strconv.FormatUint(expect, 10))`, `_ = jetstream.ExpectedLastSubjSeqHeader + strconv.FormatUint(expect, 10)`,
			}},
		},
		{
			Name: "handover-note", Promise: once,
			Removes: "chats go from the bot to people without a note of why",
			Edits:   []Edit{{"escalation/change.go", `err := w.noteIfHandedOver(ctx, v, step); err != nil {`, `err := error(nil); err != nil {`}},
		},
		{
			Name: "handover-note-once", Promise: once,
			Removes: "who decides a request again writes the note of its hand-over again",
			Needs:   "escalation workers that are killed, or two that decide at once",
			Args:    []string{"-harm", "kill,delay", "-every", "1s", "-persons", ".5", "-length", "90s"},
			Edits:   []Edit{{"escalation/handover_note.go", `ID: handoverID(request.Seq)`, `ID: handoverID(request.Seq) + "-" + string(chat.NewID())`}},
		},
		{
			Name: "macro-steps", Promise: once,
			Removes: "a macro that is sent again says its text under another id",
			Edits:   []Edit{{"gateway/macro.go", `id, f.ID+req.ID, agent, role`, `id, string(chat.NewID())+req.ID, agent, role`}},
		},
		{
			Name: "note-hiding", Promise: oneVoice,
			Removes: "visitors are shown what agents note for each other",
			Edits:   []Edit{{"gateway/live/subscriber.go", `return e.Seq >= v.first && e.Kind.VisibleTo(v.reader)`, `return true`}},
		},
		{
			Name: "budgets", Promise: shared, Attack: "bytes",
			Removes: "an address and a chat may have as much accepted, and read as much, as they like",
			Edits:   []Edit{{"gateway/limit/budgets.go", `if cost[bound.Kind] > 0 && a.left[j] < need {`, `if false && a.left[j] < need {`}},
		},
		{
			Name: "question-share", Promise: shared, Attack: "model",
			Removes: "an address may have as many open questions as it likes",
			Edits:   []Edit{{"gateway/admission/questions.go", `if !d.mayAsk() {`, `if false {`}},
		},
		{
			Name: "lane-room", Promise: shared, Attack: "chatty",
			Removes: "what waits behind a message of its own chat takes room that other chats are handled in; so that this shows, an address may have as many open questions as it likes",
			Edits: []Edit{
				{"gateway/admission/questions.go", `if !d.mayAsk() {`, `if false {`},
				{"pkg/bus/consume_queue.go", `<-q.room // its lane has a token`, ``},
				{"pkg/bus/consume_queue.go", `h = q.lanes.next(h.chat)`, "if h = q.lanes.next(h.chat); h != nil {\n<-q.room\n}"},
				{"pkg/bus/consume_lanes.go", `case bounded && (len(lane) >= maxInLane || l.count >= maxInLanes):`, `case false && bounded && len(lane) >= maxInLane:`},
			},
		},
		{
			Name: "line-share", Promise: shared, Attack: "line",
			Removes: "an address may have as many chats that wait for a person as it likes",
			Edits:   []Edit{{"escalation/line.go", `why != "" {`, `false && why != "" {`}},
		},
		{
			Name: "seats-yield", Promise: shared, Attack: "seats",
			Removes: "whoever came first keeps a connection, also without using it",
			Edits: []Edit{
				{"gateway/limit/seats.go", `victim := s.next(addr, now)`, `victim := (*Seat)(nil)`},
				{"gateway/limit/seats.go", `evict = s.sweep(now)`, `evict = nil`},
			},
		},
		{
			Name: "homing", Promise: durable + "; " + inOrder, Regions: true,
			Removes: "a gateway takes every chat for one of its own region",
			Needs:   "visitors who move to another region",
			Edits: []Edit{
				{"pkg/bus/regions.go", `	if at == r.home.opts.Region {`, `	if true {`},
				// What the streams' own connection refuses as well.
				{"pkg/bus/homes.go", `if at := c.HomeOf(id); c.opts.Region != ""`, `if at := c.HomeOf(id); false`},
				{"pkg/bus/homes.go", `	if _, was := c.homes.moves(id, c.First(), c.opts.Region); !was {`, `	if false {`},
				{"pkg/bus/homes.go", `	case c.opts.Region == "":`, `	case true:`},
			},
		},
		{
			Name: "region-name", Promise: durable + "; " + complete, Regions: true,
			Removes: "a worker works on the NATS servers of another region",
			Needs:   "one that is pointed there",
			Edits:   []Edit{{"pkg/bus/stream_region.go", `case stated != "" && stated != want:`, `case false:`}},
		},
		{
			Name: "fence", Promise: complete + "; " + durable, Regions: true,
			Removes: "what a visitor writes is stored at a chat's old home although it was moved",
			Needs:   "chats that are moved while their visitors write",
			Edits:   []Edit{{"pkg/bus/guests.go", `case e.IsFence():`, `case false:`}},
		},
		{
			Name: "late-home", Promise: oneVoice + "; " + complete, Regions: true,
			Removes: "a region that was given up goes on working when it comes back",
			Needs:   "a region that was given up while something waited in it, and comes back",
			Args:    []string{"-give-up", "-length", "80s", "-harms", "6s", "-persons", ".3"},
			Edits: []Edit{
				{"pkg/bus/homes.go", `if at := c.HomeOf(id); c.opts.Region != ""`, `if at := c.HomeOf(id); false`},
				{"pkg/bus/homes.go", `	case at != c.opts.Region && s.State.Moved == "":`, `	case false:`},
			},
		},
	}
}
