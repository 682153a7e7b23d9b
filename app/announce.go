package app

import (
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/parley-chat/parley/pkg/logging"
)

// announce tells where to go; who asked for JSON gets a line of JSON. The made-up
// password is shown this once.
func announce(out io.Writer, format, addr, madeUpPassword string) {
	if host, port, err := net.SplitHostPort(addr); err == nil {
		if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
			addr = net.JoinHostPort("localhost", port)
		}
	}
	visitors, agents, operators := "http://"+addr+"/", "http://"+addr+"/agent", "http://"+addr+"/ops"
	if format == "json" {
		to := logging.To(out, "info")
		line := to.Info().Str("role", "gateway").Str("visitors", visitors).Str("agents", agents).Str("operators", operators)
		if madeUpPassword != "" {
			line.Str("user", "admin").Str("password", madeUpPassword)
		}
		line.Msg("Parley is ready")
		return
	}
	lines := []string{"", "  Parley is ready.", "", "  Visitors:  " + visitors, "  Agents:    " + agents, "  Operators: " + operators}
	if madeUpPassword != "" {
		lines = append(lines, "", "  Sign in as admin with the password  "+madeUpPassword, "  It is shown only this once.")
	}
	_, _ = fmt.Fprintln(out, strings.Join(append(lines, ""), "\n"))
}
