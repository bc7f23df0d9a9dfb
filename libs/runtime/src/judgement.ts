/** In words, what is to be thought of a part of the deployment. `unknown`: it does not tell. */
export interface Judgement {
  level: 'ok' | 'unknown' | 'warning' | 'critical';
  text: string;
}
