package app

import (
	"cmp"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/parley-chat/parley/pkg/logging"
)

// announce prints the addresses below public, or below addr if that is empty, as a line of JSON if that is the format. A generated
// password is shown only here.
func announce(out io.Writer, format, addr, public, generatedPassword string) {
	if host, port, err := net.SplitHostPort(addr); err == nil {
		if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
			addr = net.JoinHostPort("localhost", port)
		}
	}
	base := cmp.Or(public, "http://"+addr)
	visitors, agents, operators := base+"/", base+"/agent", base+"/ops"
	if format == "json" {
		to := logging.To(out, "info")
		line := to.Info().Str("role", "gateway").Str("visitors", visitors).Str("agents", agents).Str("operators", operators)
		if generatedPassword != "" {
			line.Str("user", "admin").Str("password", generatedPassword)
		}
		line.Msg("Parley is ready")
		return
	}
	lines := []string{"", "  Parley is ready.", "", "  Visitors:  " + visitors, "  Agents:    " + agents, "  Operators: " + operators}
	if generatedPassword != "" {
		lines = append(lines, "", "  Sign in as admin with the password  "+generatedPassword, "  It is shown only this once.")
	}
	_, _ = fmt.Fprintln(out, strings.Join(append(lines, ""), "\n"))
}
