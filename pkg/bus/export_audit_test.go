package bus

// The bounds of what waits.
const (
	MaxAudit   = maxAudit
	AuditBatch = auditBatch
)

// ForgetAuditEnd has the next line find out where the audit log ends.
func (c *Conn) ForgetAuditEnd() { c.auditor.forget() }
