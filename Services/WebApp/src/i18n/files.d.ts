// Message files are fetched, not bundled: the bundler puts their address here. `build.mjs` makes them of messages/*.json: all keys, then all words,
// which compresses better than pairs.
declare module "*.json" {
    const url: string;
    export default url;
}
