// Package cluster tests Parley on a real Kubernetes: its command in cmd/up starts one of
// three nodes on this machine, applies the manifests of k8s to it as docs/kubernetes.md
// says, and makes visitors talk while faults are injected. It needs root and some Debian
// packages; the tests of its parts need neither.
//
// The programs of Kubernetes are built from the module in tools. Nothing imports it, so
// running the tests does not download it.
package cluster
