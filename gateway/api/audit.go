package api

import (
	"net/http"
	"strings"
	"time"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
)

const (
	// auditPage is how many lines one answer has by default, mostAudit how many at most.
	auditPage = 50
	mostAudit = 500
	// auditWindow is how many messages of the log are read at once, auditWindows how often for one
	// answer: a filter that matches little is answered in parts.
	auditWindow  = 200
	auditWindows = 20
)

// auditFilter says which lines are asked for. What is empty matches all.
type auditFilter struct {
	by, act, chat string
	since, until  time.Time
}

func readAuditFilter(r *http.Request) (f auditFilter, err error) {
	q := r.URL.Query()
	f = auditFilter{by: q.Get("by"), act: q.Get("act"), chat: q.Get("chat")}
	for name, to := range map[string]*time.Time{"since": &f.since, "until": &f.until} {
		text := q.Get(name)
		if text == "" {
			continue
		}
		if *to, err = time.Parse(time.RFC3339, text); err != nil {
			return f, refuse(codes.BadRequest, "\""+name+"\" has to be a time, such as 2026-12-01T12:00:00Z.")
		}
	}
	return f, nil
}

func (f auditFilter) matches(l audit.Line) bool {
	return (f.by == "" || l.By == f.by) && (f.act == "" || string(l.Act) == f.act) && (f.chat == "" || string(l.Chat) == f.chat) &&
		(f.since.IsZero() || !l.At.Before(f.since)) && (f.until.IsZero() || l.At.Before(f.until))
}

// String is the filter for the audit log, in which reading it has a line, too.
func (f auditFilter) String() string {
	var parts []string
	for _, part := range [][2]string{{"by", f.by}, {"act", f.act}, {"chat", f.chat}} {
		if part[1] != "" {
			parts = append(parts, part[0]+" "+part[1])
		}
	}
	if !f.since.IsZero() {
		parts = append(parts, "since "+f.since.Format(time.RFC3339))
	}
	if !f.until.IsZero() {
		parts = append(parts, "until "+f.until.Format(time.RFC3339))
	}
	return strings.Join(parts, ", ")
}

// readAudit answers with lines of the audit log, the newest first, that were stored before the
// message that the request names. Older says where to go on; 0: nowhere.
func (a *api) readAudit(w http.ResponseWriter, r *http.Request, by accounts.Agent) error {
	f, err := readAuditFilter(r)
	if err != nil {
		return err
	}
	before, err := queryNumber(r, "before", 0)
	if err != nil {
		return err
	}
	limit, err := queryNumber(r, "limit", auditPage)
	if err != nil {
		return err
	}
	if err := a.audited(r, by, audit.LookAudit, "", f.String()); err != nil {
		return err
	}
	all, err := a.Conn.AuditRange(r.Context())
	if err != nil {
		return err
	}
	to := all.Last
	if before > 0 {
		to = min(to, before-1)
	}
	lines, limit := []audit.Line{}, min(max(limit, 1), mostAudit)
	for n := 0; to >= max(all.First, 1) && n < auditWindows && uint64(len(lines)) < limit; n++ {
		from := max(all.First, to-min(to, auditWindow)+1)
		records, err := a.auditBetween(r, from, to)
		if err != nil {
			return err
		}
		to = from - 1
		for i := len(records) - 1; i >= 0; i-- {
			for k := len(records[i].Lines) - 1; k >= 0; k-- {
				if l := records[i].Lines[k]; f.matches(l) {
					lines = append(lines, l)
				}
			}
			if uint64(len(lines)) >= limit { // a message is shown as a whole
				to = records[i].Seq - 1
				break
			}
		}
	}
	older := uint64(0)
	if to >= max(all.First, 1) {
		older = to + 1
	}
	writeJSON(w, http.StatusOK, struct {
		Lines []audit.Line `json:"lines"`
		Older uint64       `json:"older"`
	}{lines, older})
	return nil
}

func (a *api) auditBetween(r *http.Request, from, to uint64) (all []bus.AuditRecord, err error) {
	for from <= to {
		records, err := a.Conn.AuditFrom(r.Context(), from, to)
		if err != nil || len(records) == 0 {
			return all, err
		}
		all = append(all, records...)
		from = records[len(records)-1].Seq + 1
	}
	return all, nil
}
