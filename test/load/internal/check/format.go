package check

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// inFull is the number of violations of one rule that are written with their evidence.
const inFull = 3

// Format writes the report for a person.
func (r Report) Format(w io.Writer) {
	var b strings.Builder
	n := r.Counts
	fmt.Fprintf(&b, "%d clients (%d ended in peace), %d chats; %d events in the streams, %d in the store\n", n.Clients, n.ClosedInPeace, n.Chats, n.Stream, n.Store)
	fmt.Fprintf(&b, "%d sent, %d acknowledged; %d events told in %d views, %d pages; %d replies, %d words of agents, %d changes\n", n.Sends, n.Acks, n.Told, n.Views, n.Pages, n.Replies, n.Says, n.States)
	if n.Assigned > 0 {
		fmt.Fprintf(&b, "%d chats assigned: %d by who stood in for a team, %d of a team that was deleted; %d notes that went along\n", n.Assigned, n.StoodIn, n.Moved, n.Alongside)
	}
	if len(r.Violations) == 0 {
		b.WriteString("every promise was kept\n")
	}
	says := map[string]Rule{}
	for _, rule := range Rules() {
		says[rule.Name] = rule
	}
	chats, times := map[string]int{}, map[string]int{}
	for _, v := range r.Violations {
		chats[v.Rule]++
		times[v.Rule] += v.Times
	}
	shown := map[string]int{}
	for _, v := range r.Violations {
		if shown[v.Rule] == 0 {
			fmt.Fprintf(&b, "\n%s (promise %d) is broken %d times in %d chats: %s\n", v.Rule, says[v.Rule].Promise, times[v.Rule], chats[v.Rule], says[v.Rule].Says)
		}
		if shown[v.Rule]++; shown[v.Rule] > inFull {
			continue
		}
		fmt.Fprintf(&b, "  chat %s, %d times: %s\n", v.Chat, v.Times, v.Sentence)
		for _, e := range v.Evidence {
			fmt.Fprintf(&b, "    %s\n", describe(e))
		}
	}
	_, _ = io.WriteString(w, b.String()) // what can't be printed can't be reported either
}

// describe writes one entry on a line.
func describe(e history.Entry) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%12s  %-12s %-8s", e.At.Round(time.Microsecond), e.Client, e.Op)
	field := func(name string, value any, is bool) {
		if is {
			fmt.Fprintf(&b, " %s=%v", name, value)
		}
	}
	field("conn", e.Conn, e.Conn != 0)
	field("id", e.ID, e.ID != "")
	field("what", e.What, e.What != "")
	field("seq", e.Seq, e.Seq != 0 || e.Op == history.Ack || e.Op == history.Welcome || e.Op == history.Watched)
	field("since", e.Since, e.Since != 0)
	field("before", e.Before, e.Before != 0)
	field("status", e.Status, e.Status != "")
	field("more", e.More, e.More)
	field("again", e.Again, e.Again)
	field("code", e.Code, e.Code != "")
	field("text", fmt.Sprintf("%q", clip(e.Text)), e.Text != "")
	if e.Event != nil {
		b.WriteString(describeEvent(*e.Event))
	}
	if e.Op == history.Page {
		fmt.Fprintf(&b, " of %d:", len(e.Events))
		for _, ev := range e.Events {
			fmt.Fprintf(&b, " %d", ev.Seq)
		}
	}
	return b.String()
}

func describeEvent(e history.Event) string {
	s := fmt.Sprintf(" %d (prev %d) %s of %s %s", e.Seq, e.Prev, e.Kind, e.Role, e.Name)
	for _, f := range []struct{ name, value string }{
		{"user", e.User}, {"id", e.ID}, {"what", e.What}, {"reason", e.Reason}, {"status", e.Status}, {"agent", e.Agent},
	} {
		if f.value != "" {
			s += " " + f.name + "=" + f.value
		}
	}
	if e.Through != 0 {
		s += fmt.Sprintf(" through=%d", e.Through)
	}
	if e.Text != "" {
		s += fmt.Sprintf(" %q", clip(e.Text))
	}
	return s
}
