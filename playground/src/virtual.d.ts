declare module "virtual:schema" {
  const schema: unknown;
  export default schema;
}
