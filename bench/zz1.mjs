const start = performance.now()
const { default: pb } = await import('@flyteorg/flyteidl/gen/pb-js/flyteidl.js')
const bytes = pb.flyteidl.admin.GetVersionRequest.encode({}).finish()
const fetch = () => { console.log(performance.now() - start); process.exit(0) }
fetch(bytes)
