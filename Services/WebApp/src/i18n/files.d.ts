// Message files are fetched, not bundled: the bundler puts their address here.
declare module "*.json" {
    const url: string;
    export default url;
}
