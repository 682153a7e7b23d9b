// Package server is the role web: it serves the pages, the widget and their files alone, to
// take that work from the gateways, which otherwise do it themselves. It has no connection
// to NATS and keeps nothing; all it wants to know is how the site's chat looks (its face),
// which it asks a gateway for. While no gateway answers, it goes on with the face that it
// knew last, and pages learn the present one from the gateway that they connect to.
//
// A page is one answer of one version (docs/decisions/0053-a-page-is-one-answer.md), so
// replicas of several versions, and of other versions than the gateways', may run together.
package server
