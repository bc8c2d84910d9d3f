//! The list of practices. A practice is a file beside this one, a line in [`PRACTICES`] and
//! a rule in `rules/` whose `check` names it.

mod client_unpinned;
mod env_example_with_value;
mod env_file_copied;
mod env_file_not_ignored;
mod git_credential_in_ci;
mod hardcoded_fallback;
mod hf_home_in_tree;
mod id_token_too_wide;
mod oidc_beside_token;
mod oidc_with_old_client;
mod oidc_without_permission;
mod one_token_for_everything;
mod publish_without_environment;
mod publish_without_guard;
mod removed_login;
mod secret_in_script;
mod stored_token_for_publishing;
mod token_as_argument;
mod token_default_argument;
mod token_for_every_step;
mod token_in_compose;
mod token_in_exception;
mod token_in_image;
mod token_in_manifest;
mod token_in_output;
mod token_in_profile;
mod token_in_python_url;
mod token_in_remote_url;
mod token_in_url;
mod token_in_vars;
mod token_logged;
mod token_printed;
mod token_to_github_env;
mod token_under_trace;
mod use_auth_token;
mod write_token_for_strangers;

use super::practice::Practice;

/// Every practice.
pub(crate) const PRACTICES: &[&Practice] = &[
    &client_unpinned::PRACTICE,
    &git_credential_in_ci::PRACTICE,
    &hardcoded_fallback::PRACTICE,
    &token_default_argument::PRACTICE,
    &token_in_compose::PRACTICE,
    &token_in_exception::PRACTICE,
    &token_in_manifest::PRACTICE,
    &token_in_output::PRACTICE,
    &token_in_python_url::PRACTICE,
    &token_logged::PRACTICE,
    &use_auth_token::PRACTICE,
    &env_example_with_value::PRACTICE,
    &env_file_copied::PRACTICE,
    &env_file_not_ignored::PRACTICE,
    &hf_home_in_tree::PRACTICE,
    &removed_login::PRACTICE,
    &token_as_argument::PRACTICE,
    &token_in_image::PRACTICE,
    &token_in_profile::PRACTICE,
    &token_in_remote_url::PRACTICE,
    &token_in_url::PRACTICE,
    &token_printed::PRACTICE,
    &token_under_trace::PRACTICE,
    &token_for_every_step::PRACTICE,
    &token_in_vars::PRACTICE,
    &secret_in_script::PRACTICE,
    &token_to_github_env::PRACTICE,
    &publish_without_environment::PRACTICE,
    &publish_without_guard::PRACTICE,
    &write_token_for_strangers::PRACTICE,
    &stored_token_for_publishing::PRACTICE,
    &oidc_without_permission::PRACTICE,
    &oidc_with_old_client::PRACTICE,
    &oidc_beside_token::PRACTICE,
    &id_token_too_wide::PRACTICE,
    &one_token_for_everything::PRACTICE,
];
