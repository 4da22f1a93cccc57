/** Field numbers of io.k8s.api.node.v1; the notation is that of layout.ts. */
export const nodeV1 = `
Overhead podFixed=1
RuntimeClass metadata=1 handler=2 overhead=3? scheduling=4?
RuntimeClassList metadata=1 items=2
Scheduling nodeSelector=1 tolerations=2
`;
