package history

import "time"

// AuditFile has the lines of the audit log, in the order of the stream.
const AuditFile = "audit.jsonl"

// AuditLine is a line of the audit log as docs/audit.md describes it.
type AuditLine struct {
	N      uint64    `json:"n"`
	Prev   string    `json:"prev"`
	After  time.Time `json:"after"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	From   string    `json:"from,omitempty"`
	Act    string    `json:"act"`
	Chat   string    `json:"chat,omitempty"`
	Of     string    `json:"of,omitempty"`
	Detail string    `json:"detail,omitempty"`
	Hash   string    `json:"hash"`
}
